import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { mayAnswer } from '../../src/identity/answer-guard.ts';
import { createGuardedProcesses } from '../../src/identity/guarded-processes.ts';
import { createIdentity } from '../../src/identity/identity.ts';
import { guardMarker, type ProcessFacts } from '../../src/identity/process-facts.ts';
import { askingServer, type AskingServer, endProcesses, processTree } from './processes.ts';

const identity = createIdentity({ patience: 10_000 });
const marked = { env: { [guardMarker.name]: guardMarker.value } };
let server: AskingServer | undefined;

afterEach(async () => {
  await server?.close();
  endProcesses();
});

async function port() {
  server = await askingServer(identity);
  return `${server.port}`;
}

/** What the process with the label "answer" may do, when those with the label "client" have sent requests before. */
async function verdict(clients: readonly string[] = []) {
  const guarded = createGuardedProcesses();
  for (const label of clients) {
    const facts = await (await server!.arrival(label)).facts;
    guarded.guard(facts!);
  }
  const permission = mayAnswer(await (await server!.arrival('answer')).facts, guarded);
  return permission.ok ? 'may answer' : permission.reason;
}

describe.runIf(process.platform === 'linux')('an answer over the control interface', () => {
  it('counts from a terminal of the person', async () => {
    processTree(['terminal', 'shell', 'connect', await port(), 'answer']);
    expect(await verdict()).toBe('may answer');
  });

  it('counts from the terminal in which the assistant runs too, from beside it', async () => {
    const at = await port();
    processTree(['terminal', 'shell', 'both', 'shell', 'connect', at, 'client', '--', 'connect', at, 'answer']);
    expect(await verdict(['client'])).toBe('may answer');
  });

  it('does not count from the assistant itself', async () => {
    const at = await port();
    processTree(['terminal', 'stay', at, 'client', 'connect', at, 'other']);
    const facts = await (await server!.arrival('client')).facts;
    const guarded = createGuardedProcesses();
    guarded.guard(facts!);
    expect(mayAnswer(facts, guarded)).toMatchObject({ ok: false });
  });

  it('does not count from a command that the assistant runs, at any depth, in a terminal of its own or not', async () => {
    const at = await port();
    processTree(['terminal', 'stay', at, 'client', 'shell', 'child', 'terminal', 'shell', 'connect', at, 'answer']);
    const reason = await verdict(['client']);
    expect(reason).toMatch(/^This came from below process-tree\.py \(process \d+\)/);
    expect(reason).toMatch(/terminal that was not opened from it, the notification or the dialog\.$/);
  });

  it('does not count from the terminal of an editor whose other process talks to the model', async () => {
    const at = await port();
    processTree(['both', 'connect', at, 'client', '--', 'terminal', 'shell', 'connect', at, 'answer']);
    expect(await verdict(['client'])).toContain('from below');
  });

  it('does not count from a process left behind with a terminal of its own, while it keeps its environment', async () => {
    processTree(['orphan', 'session', 'terminal', 'shell', 'connect', await port(), 'answer'], marked);
    expect(await verdict()).toContain('below `scrim run`');
  });

  it('does not count when only a process above kept the environment', async () => {
    processTree(['terminal', 'shell', 'clear', 'connect', await port(), 'answer'], marked);
    expect(await verdict()).toContain('below `scrim run`');
  });

  it('does not count from a process left behind in the terminal of the person', async () => {
    const at = await port();
    const steps = ['terminal', 'both', 'connect', at, 'person', '--', 'orphan', 'connect', at, 'answer'];
    processTree(steps);
    expect(await verdict()).toContain("no longer part of its terminal's session");
  });

  it('does not count without a terminal', async () => {
    processTree(['session', 'connect', await port(), 'answer']);
    expect(await verdict()).toContain('without a terminal');
  });

  it('does not count when nobody knows who answers', () => {
    const permission = mayAnswer(undefined, createGuardedProcesses());
    expect(permission).toMatchObject({
      ok: false,
      reason: expect.stringContaining('cannot see which process') as string,
    });
  });

  it('counts, against what we would wish, from a new session with a new terminal and another environment', async () => {
    // SECURITY.md says so; when this fails, it can be put right there.
    processTree(['orphan', 'session', 'clear', 'terminal', 'connect', await port(), 'answer'], marked);
    expect(await verdict()).toBe('may answer');
  });
});

describe('an answer', () => {
  const person: ProcessFacts = {
    pid: 20,
    startTime: '5',
    program: 'scrim',
    executable: '/usr/bin/scrim',
    folder: null,
    user: null,
    terminal: true,
    attached: true,
    marked: false,
    parents: [{ pid: 10, startTime: '4', program: 'bash', executable: '/bin/bash' }],
    git: null,
    ci: null,
  };
  const alive = { isAlive: () => true };

  it.each([
    ['hides its environment', { marked: null }],
    ['has no terminal', { terminal: false }],
    ['is not part of its session', { attached: false }],
    ['carries the marker', { marked: true }],
  ])('does not count from a process that %s', (_, change) => {
    const guarded = createGuardedProcesses(alive);
    expect(mayAnswer(person, guarded)).toEqual({ ok: true });
    expect(mayAnswer({ ...person, ...change }, guarded)).toMatchObject({ ok: false });
  });

  it('does not count while more programs use Scrim than it can remember', () => {
    const living = new Set([1, 2, 3]);
    const guarded = createGuardedProcesses({ limit: 2, isAlive: (pid) => living.has(pid) });
    for (const pid of [1, 2, 3]) guarded.guard({ pid, startTime: '1', program: 'x', executable: '/x', parents: [] });
    expect(mayAnswer(person, guarded)).toMatchObject({ ok: false });
    living.delete(1);
    expect(mayAnswer(person, guarded)).toEqual({ ok: true });
  });

  it('counts from the shell of the person when the client was a script of the same shell', () => {
    const guarded = createGuardedProcesses(alive);
    const client = { pid: 15, startTime: '5', program: 'agent.sh', executable: '/bin/bash', parents: person.parents };
    guarded.guard(client);
    expect(guarded.has(client)).toBe(true);
    expect(mayAnswer(person, guarded)).toEqual({ ok: true });
  });
});

describe('the guarded processes', () => {
  it('are forgotten when they have ended, but not before', async () => {
    const guarded = createGuardedProcesses();
    const child = spawn('sleep', ['1000']);
    const ended = { pid: child.pid!, startTime: '1', program: 'sleep', executable: '/bin/sleep', parents: [] };
    const other = (pid: number) => ({ ...ended, pid: process.pid, startTime: `${pid}` });
    guarded.guard(ended);
    guarded.guard(other(1));
    expect(guarded.has(ended)).toBe(true);
    child.kill();
    await once(child, 'exit');
    guarded.guard(other(2));
    expect(guarded.has(ended)).toBe(false);
    expect(guarded.has(other(1))).toBe(true);
  });

  it('are told apart by their start when a number is used again', () => {
    const guarded = createGuardedProcesses({ isAlive: () => true });
    guarded.guard({ pid: 7, startTime: '1', program: 'x', executable: null, parents: [] });
    expect(guarded.has({ pid: 7, startTime: '2' })).toBe(false);
  });

  it('include the other processes of a macOS application', () => {
    const guarded = createGuardedProcesses({ isAlive: () => true });
    const named = (pid: number, executable: string) => ({ pid, startTime: '1', program: 'Code', executable });
    const editor = named(2, '/Applications/Code.app/Contents/MacOS/Code');
    const helper = named(3, '/Applications/Code.app/Contents/Frameworks/Code Helper.app/Contents/MacOS/Code Helper');
    guarded.guard({ ...helper, parents: [editor, named(1, '/sbin/launchd')] });
    expect([helper, editor, { pid: 1, startTime: '1' }].map((it) => guarded.has(it))).toEqual([true, true, false]);
  });
});
