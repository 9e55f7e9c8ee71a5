// The policy's hook as a test's hand: it waits until the test says what to answer.

import { spawnSync } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AnswerPipe {
  /** For the policy's `approval.hook`. */
  readonly command: readonly string[];
  /** Lets the hook that waits end with this code: 0 allow, 1 deny, 2 no answer. */
  answer(code: 0 | 1 | 2): void;
}

export function createAnswerPipe(folder: string): AnswerPipe {
  const pipe = join(folder, 'answers');
  const script = join(folder, 'hook.sh');
  spawnSync('mkfifo', ['-m', '600', pipe]);
  writeFileSync(script, `#!/bin/sh\nread code < '${pipe}'\necho from the test\nexit $code\n`, { mode: 0o700 });
  return {
    command: ['/bin/sh', script],
    answer(code) {
      createWriteStream(pipe).end(`${code}\n`);
    },
  };
}
