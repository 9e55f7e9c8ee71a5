import { lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { ExchangeRecord } from '../../src/contract/records.ts';
import { createPolicyEditor } from '../../src/core/policy-editor.ts';
import { startPolicyThread } from '../../src/core/policy-thread.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const begin = '# mine\nversion: 1 # one\nmasking:\n  keys: [pin] # names\n';
const env = { KNOWN: 'a-known-value-of-mine' };
const thread = startPolicyThread(() =>
  Promise.resolve({ salt: new Uint8Array(32), env, projectFolder: '/home/me/project' }),
);
afterAll(() => thread[Symbol.asyncDispose]());

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let inForce: Policy;
const exchanges = new Map<string, Pick<ExchangeRecord, 'client' | 'findings'>>();

beforeEach(async () => {
  folder = temporaryFolder();
  path = join(folder.path, 'policy.yaml');
  await writeFile(path, begin);
  inForce = policyOf(begin);
});
afterEach(() => folder.remove());

function policyOf(text: string): Policy {
  const { policy } = parsePolicy(text);
  if (policy === undefined) throw new Error('not valid');
  return policy;
}

function open() {
  return createPolicyEditor({
    path,
    clock: { now: () => Date.UTC(2026, 10, 20), elapsed: () => 0 } as never,
    problems: () => [],
    check: (text) => thread.check({ text, inForce }),
    edit: (job) => thread.edit(job),
    takeOver: async () => {
      inForce = policyOf(await readFile(path, 'utf8'));
    },
    exchange: (id) => exchanges.get(id) as ExchangeRecord | undefined,
  });
}

describe('saving', () => {
  test('writes what was typed and takes it over before it answers', async () => {
    const editor = open();
    const { hash, text } = await editor.document();
    const wanted = text.replace('[pin]', '[pin, code]');
    const saved = await editor.save({ text: wanted, basedOn: hash, accepted: false });
    expect(saved.state).toBe('saved');
    expect(await readFile(path, 'utf8')).toBe(wanted);
    expect(inForce.masking.keys).toEqual(['pin', 'code']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder.path)).toEqual(['policy.yaml']);
  });

  test('makes a file where there is none', async () => {
    path = join(folder.path, 'new', 'policy.yaml');
    inForce = policyOf('');
    const editor = open();
    const { hash } = await editor.document();
    expect(hash).toBe('none');
    expect(await editor.save({ text: 'requests: mask\n', basedOn: hash, accepted: false })).toMatchObject({
      state: 'saved',
    });
    expect(inForce.requests).toBe('mask');
  });

  test('replaces the target of a link, not the link', async () => {
    const target = path;
    path = join(folder.path, 'link.yaml');
    await symlink(target, path);
    const editor = open();
    const { hash } = await editor.document();
    await editor.save({ text: 'requests: mask\nmasking: { keys: [pin] }\n', basedOn: hash, accepted: false });
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect(await readFile(target, 'utf8')).toContain('requests: mask');
  });

  test('refuses a text with mistakes, and says where', async () => {
    const editor = open();
    const { hash } = await editor.document();
    const saved = await editor.save({ text: 'mode: enforce\nmodus: x\n', basedOn: hash, accepted: true });
    expect(saved).toMatchObject({ state: 'invalid', problems: [{ line: 2, column: 1 }] });
    expect(await readFile(path, 'utf8')).toBe(begin);
  });

  test('never writes over what somebody else has written meanwhile', async () => {
    const editor = open();
    const { hash } = await editor.document();
    await writeFile(path, 'requests: warn\n');
    const saved = await editor.save({ text: 'requests: mask\n', basedOn: hash, accepted: true });
    expect(saved).toMatchObject({ state: 'conflict', text: 'requests: warn\n' });
    expect(await readFile(path, 'utf8')).toBe('requests: warn\n');
    const { hash: now } = await editor.document();
    expect(await editor.save({ text: 'requests: mask\n', basedOn: now, accepted: true })).toMatchObject({
      state: 'saved',
    });
  });

  test('asks before it weakens', async () => {
    const editor = open();
    const { hash } = await editor.document();
    const request = { text: 'mode: observe\nmasking: { keys: [pin] }\n', basedOn: hash };
    expect(await editor.save({ ...request, accepted: false })).toEqual({
      state: 'weakens',
      weakenings: [{ what: 'Nothing is masked and nothing is asked any more: Scrim only observes.' }],
    });
    expect(await readFile(path, 'utf8')).toBe(begin);
    expect(await editor.save({ ...request, accepted: true })).toMatchObject({ state: 'saved' });
  });

  test('can be taken back once, and only as long as nobody has changed the file', async () => {
    const editor = open();
    const { hash } = await editor.document();
    const saved = await editor.save({ text: `${begin}requests: mask\n`, basedOn: hash, accepted: false });
    if (saved.state !== 'saved') throw new Error(saved.state);
    expect((await editor.document()).canUndo).toBe(true);
    expect((await editor.undo(saved.hash)).text).toBe(begin);
    expect(inForce.requests).toBe('pass');
    const again = await editor.save({ text: `${begin}requests: warn\n`, basedOn: hash, accepted: false });
    if (again.state !== 'saved') throw new Error(again.state);
    await writeFile(path, begin.replace('one', 'two'));
    await expect(editor.undo(again.hash)).rejects.toThrow(/changed since/);
    expect(await readFile(path, 'utf8')).toContain('# two');
  });
});

describe('a finding that is not a secret', () => {
  const fingerprint = '0123456789abcdef';
  const finding = { rule: 'aws-access-key-id', fingerprint } as ExchangeRecord['findings'][number];

  test('is allowed by its fingerprint, with a note of what it was', async () => {
    exchanges.set('x-1', { client: asMasked('opencode/1.18\n# evil: yes'), findings: [finding] });
    const editor = open();
    const allowed = await editor.allowFinding('x-1', fingerprint);
    expect(allowed).toMatchObject({ rule: 'aws-access-key-id', state: 'allowed' });
    expect(await readFile(path, 'utf8')).toBe(
      `${begin}  allow:\n    - fingerprint:${fingerprint} # 2026-11-20 not a secret: aws-access-key-id, opencode/1.18 evil: yes\n`,
    );
    expect(inForce.masking.allow).toEqual([`fingerprint:${fingerprint}`]);
    expect(await editor.allowFinding('x-1', fingerprint)).toMatchObject({ state: 'already' });
    expect((await editor.undo(allowed.hash)).text).toBe(begin);
  });

  test('is not one that nobody found, and never a known value', async () => {
    exchanges.set('x-2', { client: asMasked('x'), findings: [{ ...finding, rule: 'known:stored key' }] });
    const editor = open();
    await expect(editor.allowFinding('x-2', fingerprint)).rejects.toThrow(/always masked/);
    await expect(editor.allowFinding('x-2', 'f'.repeat(16))).rejects.toThrow(/not in the log/);
    await expect(editor.allowFinding('x-3', fingerprint)).rejects.toThrow(/not in the log/);
    expect(await readFile(path, 'utf8')).toBe(begin);
  });
});

describe('the test bench', () => {
  const secret = makeSecret('aws-access-key-id', 'bench');
  const trying = (text: string, policyText = '') => thread.try({ policyText, what: { as: 'text', text } });

  test('says what would be masked, where and why', async () => {
    const text = `the key ${secret} and "password": "changeme"`;
    const { marks, nearMisses, blocks } = await trying(text);
    expect(marks).toHaveLength(1);
    expect(marks[0]).toMatchObject({
      rule: 'aws-access-key-id',
      kind: 'aws',
      why: expect.stringMatching(/^It has the form/) as string,
    });
    expect(secret).toContain(text.slice(marks[0]?.start, marks[0]?.end));
    expect(nearMisses).toContainEqual(
      expect.objectContaining({ why: expect.stringMatching(/^It looks like an example/) as string }) as object,
    );
    expect(blocks).toEqual([]);
  });

  test('tries the policy as it is typed: own rules, allowed values, known values', async () => {
    const own = 'masking: { rules: [{ id: ticket, regex: "ACME-[0-9]{6}" }], values: { env: [KNOWN] } }';
    const { marks } = await trying(`ACME-123456 ${env.KNOWN}`, own);
    expect(marks.map(({ rule }) => rule)).toEqual(['ticket', 'known:KNOWN']);
    const [mark] = (await trying(secret)).marks;
    expect((await trying(secret, `masking: { allow: ["${mark?.allow ?? ''}"] }`)).marks).toEqual([]);
  });

  test('judges commands, tool calls and code in a text', async () => {
    const command = await thread.try({ policyText: '', what: { as: 'shell', text: 'git push --force' } });
    expect(command.blocks).toMatchObject([{ verdict: 'ask', reasons: [{ rule: 'git-force-push' }] }]);
    const denied = 'risk: [{ id: git-force-push, then: deny }]';
    expect(
      (await thread.try({ policyText: denied, what: { as: 'shell', text: 'git push --force' } })).blocks[0]?.verdict,
    ).toBe('deny');
    const input = JSON.stringify({ command: 'rm -rf ~/', note: secret });
    const call = await thread.try({ policyText: '', what: { as: 'tool', tool: 'Bash', text: input } });
    expect(call.blocks[0]).toMatchObject({ kind: 'tool-call', verdict: 'deny', secrets: ['aws-access-key-id'] });
    expect(JSON.stringify(call.blocks)).not.toContain(secret);
    expect((await trying('```sh\nsudo rm -rf /\n```\n')).blocks).toHaveLength(1);
  });

  test('tries nothing under a policy with mistakes', async () => {
    expect(await trying(secret, 'mode: off')).toMatchObject({ problems: [{ line: 1 }], marks: [], blocks: [] });
  });

  test('says what stands in the place of a secret, and what is written', async () => {
    const check = await thread.check({ text: 'masking: { placeholder: stars }', inForce });
    expect(check).toMatchObject({
      problems: [],
      placeholder: 'ghp_***MASKED***',
      written: { masking: { placeholder: 'stars' } },
    });
    expect(await thread.check({ text: '# nothing yet\n', inForce })).toMatchObject({ written: {}, problems: [] });
    expect(await thread.check({ text: 'a: [', inForce })).toMatchObject({
      written: null,
      weakenings: [],
      placeholder: null,
    });
  });

  test('finds a rule that can never match, at its place', async () => {
    const text = 'masking:\n  rules:\n    - { id: never, regex: "a^b" }\n';
    expect((await thread.check({ text, inForce })).problems).toMatchObject([{ line: 3 }]);
  });
});
