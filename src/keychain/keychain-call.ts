// One operation on the keychain in a process of its own, ended by force when it takes too long.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  answerTime,
  keychainEnvironment,
  startedLine,
  type KeychainAnswer,
  type KeychainRequest,
  type StartKeychain,
} from './keychain-protocol.ts';

/** The child lies beside this file, as source and in the bundle. */
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'keychain-child.ts' : 'keychain-child.js', import.meta.url),
);

/** Node itself, on a machine that is busy with everything else. */
const startTime = 10_000;
/** There the system may ask the person whether Scrim may use the keychain. */
const personTime = 60_000;
const maxAnswer = 256 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** Never rejects: a child that fails in whatever way is an answer too. `no-module`: it could not even start. */
export function callKeychain(
  request: KeychainRequest,
  env: Environment,
  start: StartKeychain = spawnNode,
): Promise<KeychainAnswer> {
  return new Promise((resolve) => {
    let text = '';
    let late = false;
    const helper = start({
      request,
      env,
      output(chunk) {
        if (text === '') {
          clearTimeout(timer);
          timer = setTimeout(giveUp, process.platform === 'linux' ? answerTime : personTime);
        }
        text += chunk;
        // The answer is complete: what the libraries still tidy up need not be waited for.
        const isComplete = text.indexOf('\n') !== text.lastIndexOf('\n');
        if (isComplete || text.length > maxAnswer) helper.kill();
      },
      ended(hasStarted) {
        clearTimeout(timer);
        if (late) resolve({ ok: false, problem: 'late' });
        else resolve(hasStarted ? parseAnswer(text) : { ok: false, problem: 'no-module' });
      },
    });
    const giveUp = (): void => {
      late = true;
      helper.kill();
    };
    let timer = setTimeout(giveUp, startTime);
  });
}

const spawnNode: StartKeychain = ({ request, env, output, ended }) => {
  const child = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: keychainEnvironment(env),
    windowsHide: true,
  });
  child.stdout.setEncoding('utf8').on('data', output);
  child.once('error', () => ended(false));
  child.once('close', () => ended(true));
  // A child that is gone before it read the request has said so by its end.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify(request));
  return { kill: () => void child.kill('SIGKILL') };
};

function parseAnswer(output: string): KeychainAnswer {
  const [first, second] = output.split('\n');
  if (first !== startedLine) return { ok: false, problem: 'no-module' };
  try {
    return JSON.parse(second ?? '') as KeychainAnswer;
  } catch {
    return { ok: false, problem: 'failed', detail: 'the helper process ended without an answer' };
  }
}
