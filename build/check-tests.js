// The last step of `npm run check`: the tests. `.ci/run` has just run them on the same checkout, and does not take ten minutes twice.
import { spawnSync } from 'node:child_process';

if (process.env.SCRIM_TESTED === '1') {
  process.stdout.write('Tests: not run again, since they passed a moment ago in this run.\n');
} else {
  const { status } = spawnSync('npm', ['test'], { stdio: 'inherit', shell: process.platform === 'win32' });
  process.exitCode = status ?? 1;
}
