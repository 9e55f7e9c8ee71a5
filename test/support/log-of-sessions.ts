// A log with as many sessions as one likes, written as a Scrim writes it: for screens and their measures.

import { asMasked } from '../../src/base/text.ts';
import { openSessionLog } from '../../src/sessions/sessions.ts';
import { closedRecord, findingRecord, identityRecord, openedRecord, verdictRecord } from '../sessions/records.ts';

export interface SeedOptions {
  readonly exchanges: number;
  readonly sessions: number;
  /** Over how many days up to now. */
  readonly days?: number;
  /** Characters of an answer. */
  readonly length?: number;
}

const clients = ['claude-cli/2.4.1 (external, cli)', 'codex_cli_rs/0.92.0', 'opencode/1.18.33', 'OpenAI/JS 6.49.0'];
const programs = ['claude', 'codex', 'opencode', 'node'];
const models = ['claude-opus-5', 'gpt-5.2-codex', 'gpt-5.2', 'claude-sonnet-5'];
const projects = ['payments-api', 'web-shop', 'infrastructure', 'data-pipeline', 'mobile-app'];
const text = 'The deploy script reads the bucket, and writes what it found to the table. '.repeat(400);

/** `folder`: of the log. It may be one that a core writes too. */
export async function seedLog(folder: string, options: SeedOptions): Promise<void> {
  const { exchanges, sessions, days = 30, length = 300 } = options;
  const log = openSessionLog({
    folder,
    clock: { now: () => Date.now() },
    onFailure(error) {
      throw error;
    },
  });
  const each = Math.ceil(exchanges / sessions);
  const end = Date.now() - 60_000;
  const waiting: Promise<void>[] = [];
  for (let i = 0; i < exchanges; i++) {
    const s = Math.floor(i / each);
    // Oldest first, as they would have come.
    const startedAt = end - ((sessions - s) / sessions) * days * 86_400_000 + (i % each) * 20_000;
    const id = `x-seed-${i.toString(36)}`;
    const session = `s-seed-${s.toString(36)}`;
    log.open(openedRecord({ id, session, startedAt, client: asMasked(clients[s % 4] ?? '') }));
    const folderOf = `/home/ada/code/${projects[s % 5] ?? ''}`;
    log.identity(
      id,
      identityRecord({
        program: asMasked(programs[s % 4] ?? ''),
        folder: asMasked(folderOf),
        git: { root: asMasked(folderOf), branch: asMasked('main'), commit: null, remote: null },
      }),
    );
    const body = JSON.stringify({
      messages: [
        { role: 'system', content: 'Be brief. '.repeat(40) },
        { role: 'user', content: `Question ${i}: what does the deploy script do?` },
      ],
    });
    log.request(
      id,
      { model: asMasked(models[s % 4] ?? ''), body: asMasked(body), truncated: false, bytes: body.length },
      [],
    );
    const start = (i * 37) % 5_000;
    log.pieces(id, [{ at: 300, channel: asMasked('text 0'), text: asMasked(text.slice(start, start + length)) }]);
    if (i % 9 === 0) log.findings(id, [findingRecord({ channel: asMasked('text 0') })]);
    if (i % 23 === 0) log.verdict(id, { ...verdictRecord(), askedAt: 400, answeredAt: 9_400 });
    waiting.push(
      log.close(
        id,
        closedRecord({
          endedAt: startedAt + 4_000,
          ...(i % 97 === 0 ? { state: 'failed', failure: 'upstream-lost' } : {}),
        }),
      ),
    );
    if (waiting.length === 500) await Promise.all(waiting.splice(0));
  }
  await Promise.all(waiting);
  log.end();
}
