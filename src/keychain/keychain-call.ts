// One operation on the keychain in a process of its own, ended by force when it takes too long.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { answerTime, startedLine, type KeychainAnswer, type KeychainRequest } from './keychain-protocol.ts';

/** The child lies beside this file, as source and in the bundle. */
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? 'keychain-child.ts' : 'keychain-child.js', import.meta.url),
);

/** Node itself, on a machine that is busy with everything else. */
const startTime = 10_000;
/** There the system may ask the person whether Scrim may use the keychain. */
const personTime = 60_000;
const maxAnswer = 256 * 1024;

/** What the keychain's libraries look at. SECURITY: no NODE_OPTIONS, which could load somebody's code beside the secret. */
const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'DBUS_SESSION_BUS_ADDRESS',
  'XDG_RUNTIME_DIR',
  'SystemRoot',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Never rejects: a child that fails in whatever way is an answer too. `no-module`: it could not even start. */
export function callKeychain(request: KeychainRequest, env: Environment): Promise<KeychainAnswer> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
      windowsHide: true,
    });
    let output = '';
    let late = false;
    const giveUp = (): void => {
      late = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(giveUp, startTime);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (output === '') {
        clearTimeout(timer);
        timer = setTimeout(giveUp, process.platform === 'linux' ? answerTime : personTime);
      }
      output += chunk;
      // The answer is complete: what the libraries still tidy up need not be waited for.
      const isComplete = output.indexOf('\n') !== output.lastIndexOf('\n');
      if (isComplete || output.length > maxAnswer) child.kill('SIGKILL');
    });
    child.once('error', () => finish({ ok: false, problem: 'no-module' }));
    child.once('close', () => finish(late ? { ok: false, problem: 'late' } : parseAnswer(output)));
    // A child that is gone before it read the request has said so by its end.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(request));

    function finish(answer: KeychainAnswer): void {
      clearTimeout(timer);
      resolve(answer);
    }
  });
}

function parseAnswer(output: string): KeychainAnswer {
  const [first, second] = output.split('\n');
  if (first !== startedLine) return { ok: false, problem: 'no-module' };
  try {
    return JSON.parse(second ?? '') as KeychainAnswer;
  } catch {
    return { ok: false, problem: 'failed', detail: 'the helper process ended without an answer' };
  }
}
