// What an assistant reads in the place of a refused block: ordinary text, so that the client goes on with the conversation.

import type { Answer, HeldAction } from '../contract/questions.ts';

/** An answer, or the policy itself. */
export type RefusedBy = Pick<Answer, 'by' | 'note'> | { readonly by: 'policy' };

export function refusalText(held: HeldAction, refused: RefusedBy): string {
  const what = held.kind === 'code' ? 'A block of code' : `The call of ${held.tool === '' ? 'a tool' : held.tool}`;
  const rules = held.reasons.map(({ rule }) => rule).join(', ');
  const [first] = held.reasons;
  const why = first === undefined ? '' : ` Why it was held: ${first.reason} (${rules})`;
  return `[Scrim] ${what} was not passed on and has not been run: ${decision(refused)}${why} Do not try the same in another way; ask the person first.`;
}

function decision(refused: RefusedBy): string {
  switch (refused.by) {
    case 'policy':
      return 'the policy on this machine forbids it.';
    case 'deadline':
      return 'nobody answered in time.';
    case 'grant':
      return 'the person at this machine has denied this action before.';
    case 'hook':
      return `the check that the policy names denied it.${noteOf(refused)}`;
    default:
      return `the person at this machine denied it.${noteOf(refused)}`;
  }
}

function noteOf(refused: RefusedBy): string {
  return 'note' in refused && refused.note !== null && refused.note !== '' ? ` It says: "${refused.note}"` : '';
}
