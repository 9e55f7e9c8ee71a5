// A request that the policy wants masked must be readable to its last byte; otherwise it does not leave.

import { expect, it } from 'vitest';
import { outcomeOf, play, startExchange } from '../support/exchange.ts';

const cases = [
  { name: 'a character cut at the end', body: Buffer.from([0x22, 0x61, 0x22, 0x20, 0xe2, 0x82]) },
  { name: 'invalid UTF-8', body: Buffer.from([0x22, 0xff, 0x22]) },
  { name: 'broken JSON', body: Buffer.from('{"a":') },
] as const;

it.each(cases)('$name: refused when requests are masked, passed on when they are not', ({ body }) => {
  const masked = startExchange({ requests: 'mask' });
  const refused = outcomeOf(
    play(masked, { type: 'request-bytes', bytes: body, at: 1 }, { type: 'request-end', trailers: [], at: 2 }),
  );
  expect(refused.closed?.failure).toBe('cannot-read');
  expect(refused.commands.map((command) => command.type)).not.toContain('end-upstream');

  const passed = startExchange({ requests: 'pass' });
  const commands = play(
    passed,
    { type: 'request-bytes', bytes: body, at: 1 },
    { type: 'request-end', trailers: [], at: 2 },
  );
  expect(commands.filter((command) => command.type === 'send-upstream').map((command) => command.bytes)).toEqual([
    body,
  ]);
});
