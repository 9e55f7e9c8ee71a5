import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chatAnswer, demoSecrets } from '../../src/core/demo-answers.ts';
import { checkDemo } from '../../src/core/demo-checks.ts';
import type { DemoCall } from '../../src/core/demo-call.ts';
import { runDemo } from '../../src/core/demo.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scrim-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `scrim demo` with a temporary folder of its own, so that it shows what is left behind. */
async function demo(checkout: string, ...flags: string[]): Promise<Outcome> {
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  const child = spawn(process.execPath, [join(checkout, 'src/cli.ts'), 'demo', ...flags], {
    env: {
      PATH: process.env['PATH'],
      HOME: join(folder, 'home'),
      TMPDIR: temporary,
      TEMP: temporary,
      NODE_DISABLE_COMPILE_CACHE: '1',
    },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

describe('scrim demo', () => {
  test('ends by itself, shows both sides and the log in 80 columns, and leaves nothing behind', async () => {
    const { code, out, err } = await demo(root);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('The SDK OpenAI/JS');
    expect(out).toMatch(/ghp_MASKED_GITHUB_[0-9a-f]{8}/);
    expect(out).toMatch(/finding github-classic .* in response text 0/);
    expect(out.match(/^ {3}✓ /gm)).toHaveLength(7);
    expect(out).not.toContain('✗');
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
    // A plain terminal of 80 columns; colours only where there is one.
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(out).not.toContain('\u001b');
  });

  test('with --json: one object a line', async () => {
    const { code, out, err } = await demo(root, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map((event) => event['event'])).toEqual([
      'call',
      'call',
      ...new Array<string>(7).fill('check'),
      'done',
    ]);
    for (const event of events.slice(0, 2)) {
      for (const secret of demoSecrets)
        expect(JSON.stringify([event['got'], event['log']])).not.toContain(secret.slice(0, 8));
    }
    expect(events.at(-1)).toMatchObject({ event: 'done', ok: true });
  });

  test('works with the runtime dependencies alone, without the optional SDK', async () => {
    const checkout = join(folder, 'checkout');
    await cp(join(root, 'src'), join(checkout, 'src'), { recursive: true });
    await cp(join(root, 'package.json'), join(checkout, 'package.json'));
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of Object.keys(dependencies)) {
      const link = join(checkout, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(root, 'node_modules', name), link, 'junction');
    }
    const { code, out, err } = await demo(checkout);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('1. A program with plain fetch asks api.openai.com');
  });

  test('stops when told to, and removes what it made', async () => {
    const before = await readdir(tmpdir());
    const stopping = new AbortController();
    stopping.abort();
    await expect(runDemo({ env: process.env, signal: stopping.signal })).rejects.toMatchObject({ code: 'demo' });
    const after = await readdir(tmpdir());
    expect(after.filter((name) => name.startsWith('scrim-demo-') && !before.includes(name))).toEqual([]);
  });
});

describe('the checks of the demo', () => {
  const failing = (calls: readonly DemoCall[], stored = ''): string[] =>
    checkDemo(calls, stored)
      .filter(({ ok }) => !ok)
      .map(({ claim }) => claim);

  test('find a leak at the client, in the log and on the disk, a changed text and a late one', async () => {
    const { calls } = await runDemo({ env: process.env, signal: new AbortController().signal });
    expect(failing(calls)).toEqual([]);
    const [call, ...others] = calls;
    if (call === undefined) throw new Error('no call');
    const { got, record } = call;
    const piece = demoSecrets[0]?.slice(3, 11) ?? '';
    const raw = chatAnswer.events.join('');
    expect(failing([{ ...call, got: { ...got, wire: got.wire + piece } }, ...others])).toEqual([
      expect.stringContaining('reached a client'),
    ]);
    // As the model sent it: no piece of the wire holds 8 characters in a row, the joined text does.
    expect(failing([{ ...call, got: { ...got, wire: raw, deltas: call.sent } }, ...others])).toEqual([
      expect.stringContaining('reached a client'),
      expect.stringContaining('arrived as it was'),
    ]);
    expect(failing([{ ...call, got: { ...got, deltas: got.deltas.slice(1) } }, ...others])).toEqual([
      expect.stringContaining('arrived as it was'),
    ]);
    expect(failing([{ ...call, got: { ...got, firstAt: call.sentAt + 1 } }, ...others])).toEqual([
      expect.stringContaining('still talking'),
    ]);
    expect(failing([{ ...call, request: '' }, ...others])).toEqual([expect.stringContaining('unchanged')]);
    expect(failing([{ ...call, record: { ...record, state: 'cut' } }, ...others])).toEqual([
      expect.stringContaining('the log'),
    ]);
    expect(failing(calls.map((each) => ({ ...each, refusal: null })))).toEqual([expect.stringContaining('denied')]);
    expect(failing(calls, `x${piece}x`)).toEqual([expect.stringContaining('no file')]);
  });
});
