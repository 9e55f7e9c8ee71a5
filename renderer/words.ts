// Times, durations and numbers as people read them.

/** Of the hour, everywhere: lists stand in line, and no half of the day is cut off. */
const hourCycle = 'h23';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle });
const hour = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const plain = new Intl.NumberFormat();

/** `at` in milliseconds since the Unix epoch. Today: the time; else the day and the time. */
export function timeOf(at: number, now = Date.now()): string {
  return day.format(at) === day.format(now) ? clock.format(at) : full.format(at);
}

/** `18:05`. */
export function hourOf(at: number): string {
  return hour.format(at);
}

export function dayOf(at: number): string {
  return day.format(at);
}

export function fullTimeOf(at: number): string {
  return full.format(at);
}

/** Of milliseconds: `840 ms`, `3.2 s`, `4 min`, `2 h 5 min`. */
export function durationOf(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

/** `12.3K`. */
export function shortNumber(value: number): string {
  return compact.format(value);
}

export function numberOf(value: number): string {
  return plain.format(value);
}

/** `1 finding`, `2 findings`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${plain.format(value)} ${value === 1 ? one : many}`;
}

/** Of bytes: `1.2 MB`. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}

/** The last part of a folder's path. */
export function folderName(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
}
