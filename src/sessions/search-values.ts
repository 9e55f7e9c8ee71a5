// Numbers and times as people write them in a search.

const UNITS = {
  count: { '': 1, k: 1e3, m: 1e6 },
  bytes: { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 },
  milliseconds: { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 },
} as const satisfies Record<string, Record<string, number>>;

export type Unit = keyof typeof UNITS;

/** The index knows numbers of 32 bits; larger ones count as the largest. */
export const MAX_NUMBER = 2 ** 32 - 1;

/** `>1000`, `<=10s`, `1k..2k` or `42`, both ends included; undefined when it is none. */
export function parseRange(text: string, unit: Unit): { from: number; to: number } | undefined {
  const [, operator, written] = /^(>=|<=|>|<|=|)(.*)$/.exec(text) ?? [];
  if (operator === undefined || written === undefined) return undefined;
  const [low, high, ...more] = written.split('..');
  if (high !== undefined) {
    const from = parseAmount(low ?? '', unit);
    const to = parseAmount(high, unit);
    if (operator !== '' || more.length > 0 || from === undefined || to === undefined) return undefined;
    return { from: whole(Math.ceil(from)), to: whole(Math.floor(to)) };
  }
  const value = parseAmount(written, unit);
  if (value === undefined) return undefined;
  switch (operator) {
    case '>':
      return { from: whole(Math.floor(value) + 1), to: MAX_NUMBER };
    case '>=':
      return { from: whole(Math.ceil(value)), to: MAX_NUMBER };
    case '<':
      return { from: 0, to: Math.min(MAX_NUMBER, Math.ceil(value) - 1) };
    case '<=':
      return { from: 0, to: whole(Math.floor(value)) };
    default:
      return { from: whole(Math.ceil(value)), to: whole(Math.floor(value)) };
  }
}

function whole(value: number): number {
  return Math.min(MAX_NUMBER, value);
}

function parseAmount(text: string, unit: Unit): number | undefined {
  const [, digits, name] = /^(\d{1,12}(?:\.\d{1,6})?)([a-z]*)$/i.exec(text) ?? [];
  if (digits === undefined || name === undefined) return undefined;
  const factor = (UNITS[unit] as Record<string, number>)[name.toLowerCase()];
  // 1.1 * 1000 is not quite 1100.
  return factor === undefined ? undefined : Math.round(Number(digits) * factor * 1e3) / 1e3;
}

const AGO = /^(\d{1,9})(s|m|h|d|w)$/i;
const DATE = /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?)?)?$/i;

/**
 * `2d` (ago), `today`, `yesterday`, `2026-01`, `2026-01-31`, `2026-01-31T10:00` (local time unless it names a zone).
 * @returns milliseconds since the Unix epoch: for `until` the end of the day, month or minute named, else its begin
 */
export function parseTime(field: string, text: string, now: number): number | undefined {
  const word = text.toLowerCase();
  if (word === 'now') return now;
  if (word === 'today' || word === 'yesterday') {
    const day = new Date(now);
    day.setHours(0, 0, 0, 0);
    day.setDate(day.getDate() - (word === 'today' ? 0 : 1) + (field === 'until' ? 1 : 0));
    return day.getTime();
  }
  const [, amount, unit] = AGO.exec(word) ?? [];
  if (amount !== undefined && unit !== undefined)
    return now - Number(amount) * UNITS.milliseconds[unit as 's' | 'm' | 'h' | 'd' | 'w'];
  return parseDate(text, field === 'until');
}

function parseDate(text: string, toItsEnd: boolean): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const given = [1, 2, 3, 4, 5, 6].map((place) => match[place]);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = given.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  const written: Moment = [year, month - 1, day, hour, minute, second];
  // February 30 is the 2nd of March to Date, and 25:00 tomorrow.
  const begin = new Date(Date.UTC(...written));
  if (
    begin.getUTCMonth() !== month - 1 ||
    begin.getUTCDate() !== day ||
    begin.getUTCHours() !== hour ||
    begin.getUTCMinutes() !== minute ||
    second > 59
  )
    return undefined;
  const smallest = given.findLastIndex((part) => part !== undefined);
  const wanted = written.map((part, i) => (toItsEnd && i === smallest ? part + 1 : part)) as Moment;
  const zone = match[7];
  return zone === undefined ? new Date(...wanted).getTime() : Date.UTC(...wanted) - offsetOf(zone);
}

type Moment = [year: number, month: number, day: number, hour: number, minute: number, second: number];

/** Milliseconds that `Z`, `+01:00` is ahead of UTC. */
function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}
