// npm run package [-- TARGET…]: the packages for this system, into dist/packages. Downloads Electron, unless
// ELECTRON_OVERRIDE_DIST_PATH names an unpacked one; electron-builder downloads what it needs for a target.

import { join } from 'node:path';
import { pack } from './packing.ts';
import { root, stageHeadless } from './staging.ts';

const build = join(root, 'dist');
const targets = process.argv.slice(2);
const electronDist = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);

// A CI passes what it has not got as an empty variable, which electron-builder takes for a certificate.
for (const name of ['CSC_LINK', 'CSC_KEY_PASSWORD', 'WIN_CSC_LINK', 'WIN_CSC_KEY_PASSWORD'])
  if (process.env[name] === '') Reflect.deleteProperty(process.env, name);

await stageHeadless(build, join(build, 'npm'));
say(`${join(build, 'npm')}: the headless package; npm pack makes its tarball.`);
if (!targets.includes('npm')) {
  const made = await pack({
    build,
    output: join(build, 'packages'),
    platform: process.platform,
    ...(targets.length === 0 ? {} : { targets }),
    ...(electronDist === undefined ? {} : { electronDist }),
    tell: say,
  });
  made.forEach(say);
}
