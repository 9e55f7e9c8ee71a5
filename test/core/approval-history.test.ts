// The history as the window reads it: page by page, and by what stands in it.

import { expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { answeredPage } from '../../src/core/approval-history.ts';
import { askRequest, given, openedApprovals } from '../approvals/questions.ts';

function answered(count: number) {
  const { approvals, ask, clock } = openedApprovals();
  const ids = Array.from({ length: count }, (_, i) => {
    const held = { ...askRequest().held, action: asMasked(`rm -rf build-${i}`) };
    const { id } = ask({ held, actionKey: `action ${i}`, requestKey: null });
    clock.advance(1);
    approvals.answer(id, given({ verdict: 'deny', note: i % 7 === 0 ? 'Seventh day' : '' }));
    return id;
  });
  return { approvals, newestFirst: ids.reverse() };
}

test('pages hold each question once, the newest first, and end', async () => {
  const { approvals, newestFirst } = answered(250);
  const read: string[] = [];
  let before: string | undefined;
  do {
    const page = await answeredPage(approvals, { limit: 60, before });
    expect(page.answered.length).toBeLessThanOrEqual(60);
    read.push(...page.answered.map(({ question }) => question.id));
    before = page.next ?? undefined;
  } while (before !== undefined);
  expect(read).toEqual(newestFirst);
});

test('a page that is just full has none behind it', async () => {
  const { approvals } = answered(3);
  expect((await answeredPage(approvals, { limit: 3 })).next).toBeNull();
  expect((await answeredPage(approvals, { limit: 2 })).next).not.toBeNull();
});

test('all words must stand somewhere in it, in any case; pages go on where they ended', async () => {
  const { approvals } = answered(250);
  const first = await answeredPage(approvals, { limit: 30, search: 'BUILD seventh' });
  expect(first.answered).toHaveLength(30);
  const second = await answeredPage(approvals, { limit: 30, search: 'BUILD seventh', before: first.next ?? '' });
  expect(second.answered).toHaveLength(6);
  expect(second.next).toBeNull();
  expect((await answeredPage(approvals, { limit: 30, search: 'build-249 claude deny' })).answered).toHaveLength(1);
  expect((await answeredPage(approvals, { limit: 30, search: 'build-249 nobody' })).answered).toEqual([]);
});

test('behind a question that is not known any more there is nothing', async () => {
  const { approvals } = answered(3);
  expect(await answeredPage(approvals, { limit: 5, before: 'q-gone' })).toEqual({ answered: [], next: null });
});
