// Records to write in tests: whole by default, with what the test is about put in.

import { asMasked } from '../../src/base/text.ts';
import type {
  ExchangeClosed,
  ExchangeOpened,
  RecordedFinding,
  RecordedIdentity,
  RecordedVerdict,
} from '../../src/contract/records.ts';

export function openedRecord(parts: Partial<ExchangeOpened> = {}): ExchangeOpened {
  return {
    id: 'x1',
    session: 's1',
    startedAt: 1_790_000_000_000,
    via: 'proxy',
    method: asMasked('POST'),
    scheme: 'https',
    host: asMasked('api.openai.com'),
    port: 443,
    path: asMasked('/v1/chat/completions'),
    httpVersion: '1.1',
    dialect: 'openai-chat',
    client: asMasked('OpenAI/JS 6.49.0'),
    ...parts,
  };
}

export function closedRecord(parts: Partial<ExchangeClosed> = {}): ExchangeClosed {
  return {
    state: 'done',
    endedAt: 1_790_000_000_900,
    status: 200,
    headAfter: 12.5,
    firstByteAfter: 13,
    responseBytes: 2_048,
    usage: { input: 11, output: 22 },
    failure: null,
    reason: null,
    ...parts,
  };
}

export function findingRecord(parts: Partial<RecordedFinding> = {}): RecordedFinding {
  return {
    rule: 'aws-access-key-id',
    kind: 'secret',
    severity: 'high',
    certainty: 'format',
    side: 'response',
    channel: asMasked('0.text'),
    start: 17,
    end: 37,
    fingerprint: '0123456789abcdef',
    ...parts,
  };
}

export function verdictRecord(): RecordedVerdict {
  return {
    verdict: 'denied',
    by: 'dialog',
    note: asMasked('not now'),
    kind: 'tool-call',
    tool: asMasked('Bash'),
    action: asMasked('git push --force'),
    reasons: [{ rule: 'git-force-push', severity: 'high', reason: 'It rewrites what others have.' }],
    effects: { runs: [asMasked('git push --force')], writes: [], hosts: [], credentials: [] },
  };
}

export function identityRecord(parts: Partial<RecordedIdentity> = {}): RecordedIdentity {
  return {
    program: asMasked('claude'),
    pid: 4711,
    user: asMasked('ada'),
    folder: asMasked('/home/ada/tea'),
    git: {
      root: asMasked('/home/ada/tea'),
      branch: asMasked('main'),
      commit: '0123456789012345678901234567890123456789',
      remote: asMasked('example.org/ada/tea'),
    },
    ci: null,
    ...parts,
  };
}
