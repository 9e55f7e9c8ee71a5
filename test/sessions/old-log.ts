// Files as older Scrims left them: their steps of the schema, and rows as they wrote them.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { steps } from '../../src/sessions/schema.ts';

/** Makes `log.db` of that version in `folder`: `done` with two commits of text, `cut` by a crash, each with findings and bodies. */
export function writeOldLog(folder: string, version: number): void {
  const database = new DatabaseSync(join(folder, 'log.db'));
  for (const step of steps.slice(0, version)) {
    if (typeof step === 'string') database.exec(step);
    else step(database);
  }
  database.exec(`PRAGMA application_id = 0x5363726d; PRAGMA user_version = ${version}; PRAGMA journal_mode = WAL`);
  database.exec(rows);
  if (version >= 2) database.exec(verdict);
  database.close();
}

const rows = `
  INSERT INTO writer VALUES (1, 'elsewhere', 1, '', 1000, 2000, 3000);
  INSERT INTO session VALUES ('s1', 'curl', 1000, 2000, 2, 1);
  INSERT INTO session_value VALUES ('s1', 'host', 'a.example');
  INSERT INTO exchange (seq, id, session, writer, state, started_at, ended_at, via, method, scheme, host, port, path,
    http_version, dialect, client, model, request_bytes, request_truncated, status, head_after, first_byte_after,
    response_bytes, input_tokens, output_tokens, pieces, request_body)
  VALUES (1, 'done', 's1', 1, 'done', 1000, 2000, 'proxy', 'POST', 'https', 'a.example', 443, '/v1', '1.1',
    'openai-chat', 'curl', 'm1', 4, 0, 200, 10.5, 11, 8, 1, 2, '[[10.5,"t","Hel"],[11,"u","x"]]', 'body');
  INSERT INTO piece VALUES (1, 1, '[[20,"t","lo"]]');
  INSERT INTO finding VALUES (1, 0, 'r', 'secret', 'high', 'format', 'response', 't', 0, 3, '0123456789abcdef');
  INSERT INTO exchange (seq, id, session, writer, state, started_at, via, method, scheme, host, port, path,
    http_version, dialect, client, pieces)
  VALUES (2, 'cut', 's1', 1, 'cut', 1500, 'proxy', 'GET', 'https', 'a.example', 443, '/', '1.1', 'generic', 'curl',
    '[[1,"t","half"]]');
`;

const verdict = `
  INSERT INTO verdict VALUES (1, 0, 'denied', 'dialog', 'Bash',
    '{"kind":"tool-call","action":"rm","reasons":[],"effects":{"runs":[],"writes":[],"hosts":[],"credentials":[]},"note":null}');
`;
