// What Scrim says of itself, as sentences for the person: failures, the policy, pauses. The last two hundred.

import type { CoreEvent } from '../contract/core-events.ts';
import type { LiveMessage } from '../contract/procedures/live.ts';

const kept = 200;
const maxText = 500;

export interface Messages {
  tell(event: CoreEvent, now: number): void;
  all(): readonly LiveMessage[];
}

/** `said`: called for each, again where it was said once more. */
export function createMessages(said: (message: LiveMessage) => void): Messages {
  let all: readonly LiveMessage[] = [];
  let count = 0;
  return {
    all: () => all,
    tell(event, now) {
      const sentence = sentenceOf(event, now);
      if (sentence === undefined) return;
      const text = sentence.text.slice(0, maxText);
      const last = all.at(-1);
      const isSame = last?.text === text && last.code === sentence.code;
      const message: LiveMessage = isSame
        ? { ...last, at: now, times: last.times + 1 }
        : { ...sentence, text, n: count++, at: now, times: 1 };
      all = [...(isSame ? all.slice(0, -1) : all.slice(1 - kept)), message];
      said(message);
    },
  };
}

type Sentence = Pick<LiveMessage, 'tone' | 'code' | 'text'>;

/** Undefined: it is shown elsewhere. */
function sentenceOf(event: CoreEvent, now: number): Sentence | undefined {
  switch (event.event) {
    case 'ready':
      return { tone: 'good', code: 'start', text: `Scrim started; clients reach it at ${event.proxy}.` };
    case 'failure':
      return { tone: 'bad', code: event.code, text: event.message };
    case 'policy':
      return policySentence(event);
    case 'pause':
      return event.until === null
        ? { tone: 'good', code: 'pause', text: 'The pause is over: Scrim masks and holds again.' }
        : { tone: 'plain', code: 'pause', text: `Scrim only observes for ${minutesUntil(event.until, now)}.` };
    case 'exchange':
    case 'finding':
    case 'question':
    case 'answered':
      return undefined;
  }
}

function policySentence({ ok, problems, certificateChanged }: Extract<CoreEvent, { event: 'policy' }>): Sentence {
  const code = 'policy';
  if (ok) {
    const rest = certificateChanged ? ' The certificate changed with it: start the clients anew.' : '';
    return { tone: 'good', code, text: `The policy has changed, and is in force.${rest}` };
  }
  const [first] = problems;
  const where = first === undefined ? '' : ` Line ${first.line}: ${first.message}`;
  return { tone: 'bad', code, text: `The policy file is not valid, so the one before stays in force.${where}` };
}

function minutesUntil(until: number, now: number): string {
  const minutes = Math.max(1, Math.round((until - now) / 60_000));
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
