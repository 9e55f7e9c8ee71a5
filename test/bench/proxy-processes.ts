// Starts and ends the processes of the bench: server, client, http-mitm-proxy, and Scrim as a user starts it.

import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createAuthority } from '../support/authority.ts';
import { hostName, type FromClient, type Job, type Listening, type Result } from './proxy-jobs.ts';
import type { ToClient, ToPeer, ToServer } from './proxy-jobs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Scrim {
  readonly port: number;
  readonly pid: number;
}

export interface Processes {
  readonly serverPort: number;
  readonly peerPort: number;
  readonly peerPid: number;
  readonly scrim: Scrim;
  readonly run: (job: Job) => Promise<Result>;
  end(): Promise<void>;
}

/** `scrim`: what follows `node` in Scrim's command line, up to `serve`. */
export async function startProcesses(folder: string, scrim: readonly string[], secret: string): Promise<Processes> {
  const authority = createAuthority('Scrim bench authority');
  const children: ChildProcess[] = [];
  const child = (name: string): ChildProcess => {
    // http-mitm-proxy talks a lot.
    const stdio = name === 'proxy-peer.ts' ? (['ignore', 'ignore', 'ignore', 'ipc'] as const) : undefined;
    const made = fork(fileURLToPath(new URL(name, import.meta.url)), {
      execArgv: [],
      ...(stdio === undefined ? {} : { stdio: [...stdio] }),
    });
    children.push(made);
    return made;
  };
  const end = async (): Promise<void> => {
    await Promise.all(
      children.map(async (each) => {
        if (each.exitCode !== null || each.signalCode !== null) return;
        const gone = once(each, 'exit');
        each.kill('SIGTERM');
        await Promise.race([gone, sleep(5000, undefined, { ref: false }).then(() => each.kill('SIGKILL'))]);
      }),
    );
  };
  try {
    const upstreamCa = join(folder, 'server-ca.pem');
    writeFileSync(upstreamCa, authority.caPem);
    const toServer: ToServer = { ...authority.issue({ names: [hostName] }), secret };
    const { port: serverPort } = await listening(child('proxy-server.ts'), toServer);
    const caFolder = join(folder, 'peer');
    const toPeer: ToPeer = { caFolder, upstreamCa: authority.caPem };
    const peer = child('proxy-peer.ts');
    const { port: peerPort } = await listening(peer, toPeer);
    const { process: served, ready } = await startScrim(folder, scrim, serverPort, upstreamCa);
    children.push(served);
    const client = child('proxy-client.ts');
    const authorities = [
      authority.caPem,
      ...[join(caFolder, 'certs', 'ca.pem'), ready.ca].map((f) => readFileSync(f, 'utf8')),
    ];
    client.send({ serverPort, authorities } satisfies ToClient);
    return {
      serverPort,
      peerPort,
      peerPid: peer.pid ?? 0,
      scrim: { port: Number(new URL(ready.proxy).port), pid: ready.pid },
      run: jobRunner(client),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function listening(child: ChildProcess, message: ToServer | ToPeer): Promise<Listening> {
  const answer = once(child, 'message');
  child.send(message);
  const failed = once(child, 'exit').then(() => {
    throw new Error('A process of the bench did not start.');
  });
  const [first] = (await Promise.race([answer, failed])) as [Listening];
  return first;
}

function jobRunner(client: ChildProcess): (job: Job) => Promise<Result> {
  let id = 0;
  return async (job) => {
    client.send({ id: ++id, job } satisfies ToClient);
    const [answer] = (await once(client, 'message')) as [FromClient];
    if ('error' in answer) throw new Error(`${job.kind} via ${job.target.via} ${job.target.port}: ${answer.error}`);
    return answer.result;
  };
}

/** Milliseconds that all threads of a process have run so far: what other processes do hardly changes it. */
export function cpuTime(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const times = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]));
    return times.reduce((sum, time) => sum + time, 0) / 1e6;
  } catch {
    // Not on this system, or a thread has just ended.
    return NaN;
  }
}

interface Ready {
  readonly proxy: string;
  readonly ca: string;
  readonly pid: number;
}

async function startScrim(
  folder: string,
  command: readonly string[],
  serverPort: number,
  upstreamCa: string,
): Promise<{ process: ChildProcess; ready: Ready }> {
  const policy = join(folder, 'policy.yaml');
  writeFileSync(
    policy,
    `version: 1\nintercept: [${hostName}]\nproviders:\n  bench: { base-url: "https://${hostName}:${serverPort}", dialect: openai }\n`,
  );
  const words = [...command, 'serve', '--json', '--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0'];
  words.push('--data-dir', join(folder, 'data'), '--policy', policy, '--upstream-ca', upstreamCa);
  words.push('--resolve', `${hostName}:${serverPort}:127.0.0.1`);
  // Into a file: a pipe would have to be read here, on the same cores.
  const out = join(folder, 'scrim.jsonl');
  const output = openSync(out, 'w');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)));
  const child = spawn(process.execPath, words, { cwd: root, env, stdio: ['ignore', output, 'inherit'] });
  closeSync(output);
  for (let waited = 0; waited < 10_000; waited += 20) {
    const [line, more] = existsSync(out) ? readFileSync(out, 'utf8').split('\n') : [];
    if (line !== undefined && more !== undefined) return { process: child, ready: JSON.parse(line) as Ready };
    if (child.exitCode !== null) throw new Error('Scrim ended instead of listening.');
    await sleep(20);
  }
  child.kill('SIGKILL');
  throw new Error('Scrim did not get ready within 10 s.');
}
