// Questions that have ended, a page at a time and by what stands in them.

import type { Approvals } from '../approvals/approvals.ts';
import type { AnsweredPage } from '../contract/procedures/approvals.ts';
import type { AnsweredQuestion } from '../contract/questions.ts';

export interface HistoryWish {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly before?: string | undefined;
  /** All of its words stand in what is found. */
  readonly search?: string | undefined;
}

/** Questions that are read in one go: traffic goes on in between. */
const atOnce = 100;

/** Throws ApprovalsError `store-failed`. */
export async function answeredPage(
  { history }: Pick<Approvals, 'history'>,
  { limit, before, search = '' }: HistoryWish,
): Promise<AnsweredPage> {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const answered: AnsweredQuestion[] = [];
  let place = before;
  for (;;) {
    const read = history(atOnce, place);
    for (const each of read) {
      place = each.question.id;
      if (!holdsAll(each, words)) continue;
      answered.push(each);
      if (answered.length === limit) return { answered, next: history(1, place).length === 0 ? null : place };
    }
    if (read.length < atOnce) return { answered, next: null };
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function holdsAll({ question, answer }: AnsweredQuestion, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const { id, action, tool, program, folder, host, model, reasons } = question;
  const rules = reasons.map(({ rule, reason }) => `${rule} ${reason}`);
  const text = [id, action, tool, program, folder, host, model, ...rules, answer.verdict, answer.by, answer.note]
    .filter((each) => each !== null)
    .join('\n')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}
