import { expect, test } from 'vitest';
import { setUpClients } from '../../electron/set-up-clients.ts';
import type { ScrimClient } from '../../src/contract/contract.ts';

const row = (client: string, isSetUp: boolean) => ({ client, title: client.toUpperCase(), isSetUp });

function core(problems: Readonly<Record<string, string>> = {}) {
  const calls: unknown[] = [];
  const clients = {
    list: () => Promise.resolve({ clients: [row('claude', true), row('git', false), row('codex', true)] }),
    preview(input: unknown) {
      calls.push(['preview', input]);
      return Promise.resolve({ changes: [], seen: 'f'.repeat(64) });
    },
    change(input: { clients: readonly string[] }) {
      calls.push(['change', input]);
      return Promise.resolve(
        input.clients.map((client) => ({ client, title: client.toUpperCase(), problem: problems[client] ?? null })),
      );
    },
  };
  return { calls, client: { clients } as unknown as ScrimClient };
}

test('lists what is set up', async () => {
  const { client } = core();
  expect((await setUpClients(() => client).list())?.map(({ client: id }) => id)).toEqual(['claude', 'codex']);
});

test('undoes exactly what a preview showed, and says what could not be', async () => {
  const { client, calls } = core({ codex: 'Its settings changed since.' });
  const found = [row('claude', true), row('codex', true)];
  expect(await setUpClients(() => client).undo(found)).toEqual(['CODEX: Its settings changed since.']);
  expect(calls).toEqual([
    ['preview', { clients: ['claude', 'codex'], undo: true }],
    ['change', { clients: ['claude', 'codex'], undo: true, seen: 'f'.repeat(64) }],
  ]);
});

test('while the core does not run nobody can tell, and nothing is undone', async () => {
  expect(await setUpClients(() => undefined).list()).toBeUndefined();
  expect(await setUpClients(() => undefined).undo([row('claude', true)])).toHaveLength(1);
});
