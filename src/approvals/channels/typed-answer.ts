// What a person types behind a terminal's question.

import type { ChannelAnswer } from '../channel.ts';

export type TypedAnswer =
  | { readonly kind: 'answer'; readonly answer: ChannelAnswer }
  | { readonly kind: 'help' }
  | { readonly kind: 'unclear' };

const MAX_MINUTES = 24 * 60;

export const typedHelp = `  y          approve it this once
  s          approve it for this session
  m MINUTES  approve it for so many minutes (1 to ${MAX_MINUTES})
  a          always approve exactly this action
  n REASON   deny it; the reason is for the log, and may be left out
  Return     deny it
`;

/**
 * SECURITY: an approval is the letter alone. A sentence that was meant for the program on the same terminal ("a few
 * more, please") approves nothing. With `code`, it must stand behind every approval: `y 417`.
 */
export function readTypedAnswer(line: string, code?: string): TypedAnswer {
  const typed = line.trim();
  const [, word = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(typed) ?? [];
  const letter = word.toLowerCase();
  if (typed === '') return denied('');
  if (letter === '?') return { kind: 'help' };
  if (letter === 'n' || letter === 'no') return denied(rest);
  const [, minutes, behind = ''] =
    letter === 'm' ? (/^(\d{1,4})(?:\s+([^]*))?$/.exec(rest) ?? []) : ['', undefined, rest];
  if (behind !== (code ?? '')) return { kind: 'unclear' };
  if (letter === 'y' || letter === 'yes') return allowed({ kind: 'once' });
  if (letter === 's') return allowed({ kind: 'session' });
  if (letter === 'a') return allowed({ kind: 'always' });
  const count = Number(minutes);
  if (letter === 'm' && count >= 1 && count <= MAX_MINUTES) return allowed({ kind: 'minutes', minutes: count });
  return { kind: 'unclear' };
}

function denied(note: string): TypedAnswer {
  return { kind: 'answer', answer: { verdict: 'deny', scope: { kind: 'once' }, note } };
}

function allowed(scope: ChannelAnswer['scope']): TypedAnswer {
  return { kind: 'answer', answer: { verdict: 'allow', scope, note: '' } };
}
