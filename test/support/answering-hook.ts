// The policy's hook as a test's hand: it waits until the test says what to answer to which question.

import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface AnsweringHook {
  /** For the policy's `approval.hook`. */
  readonly command: readonly string[];
  /** Lets the hook of this question end with this code: 0 allow, 1 deny, 2 no answer. */
  answer(question: string, code: 0 | 1 | 2): void;
}

export function createAnsweringHook(): AnsweringHook {
  const folder = mkdtempSync(join(tmpdir(), 'scrim-hook-'));
  const script = join(folder, 'hook.sh');
  // The question comes as one line of JSON. The id is the first that begins with q-.
  const lines = [
    'read -r question',
    `id=$(printf %s "$question" | grep -o '"id":"[^"]*"' | head -n 1 | cut -d '"' -f 4)`,
    // A Scrim that was killed leaves its hook behind.
    `while [ ! -e "${folder}/$id" ]; do kill -0 $PPID || exit 2; sleep 0.1; done`,
    'echo from the test',
    `exit "$(cat "${folder}/$id")"`,
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  return {
    command: ['/bin/sh', script],
    answer(question, code) {
      const file = join(folder, question);
      writeFileSync(`${file}.new`, code.toString());
      renameSync(`${file}.new`, file);
    },
  };
}
