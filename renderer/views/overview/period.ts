// The periods of the overview, in days and hours as the person has them.

import { hourOf } from '../../words.ts';

export const periods = [
  { id: '24h', title: '24 hours', columns: 24, hours: 1 },
  { id: '7d', title: '7 days', columns: 28, hours: 6 },
  { id: '30d', title: '30 days', columns: 30, hours: 24 },
  { id: '90d', title: '90 days', columns: 90, hours: 24 },
] as const;

export type Period = (typeof periods)[number];

/** One more than there are columns; the last is the end of the hour or day that `now` is in. Days of 23 and 25 hours are days. */
export function edgesOf({ columns, hours }: Period, now: Date): number[] {
  const year = now.getFullYear();
  const month = now.getMonth();
  const day = now.getDate();
  // The end of the column that is running.
  const hour = hours === 24 ? 24 : Math.floor(now.getHours() / hours) * hours + hours;
  return Array.from({ length: columns + 1 }, (_, i) => {
    const back = columns - i;
    return hours === 24
      ? new Date(year, month, day + 1 - back).getTime()
      : new Date(year, month, day, hour - back * hours).getTime();
  }).filter((edge, i, all) => i === 0 || edge > (all[i - 1] ?? 0));
}

const dayOf = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const weekday = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
});
const wholeDay = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

export function columnsOf({ hours }: Period, edges: readonly number[]): { label: string; full: string }[] {
  return edges.slice(0, -1).map((edge, i) => ({
    label: hours === 1 ? hourOf(edge) : dayOf.format(edge),
    full:
      hours === 24
        ? wholeDay.format(edge)
        : `${weekday.format(edge)}, ${hourOf(edge)} to ${hourOf(edges[i + 1] ?? edge)}`,
  }));
}

/** As the search has it: `since:2026-11-20T16:00Z before:…`. */
export function spanQuery(from: number, to: number): string {
  const minute = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
  return `since:${minute(from)} before:${minute(to)}`;
}
