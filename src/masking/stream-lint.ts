// Would a rule stream? A rule is refused when its automaton explodes or when it holds back ordinary text.
import { Automaton } from './automaton.ts';
import type { RuleProblem } from './masking-error.ts';
import type { Pattern } from './positions.ts';
import type { Rule } from './rule.ts';
import { Union } from './union.ts';

const mostStates = 4000;
/** Mean number of characters a rule may hold back on ordinary text. */
const mostHeld = 8;

const ordinaryText = [
  'The quick brown fox jumps over the lazy dog, and 42 other animals watch it from 3.5 metres away.\n',
  'function total(items: Item[]): number { return items.reduce((sum, item) => sum + item.price * item.count, 0); }\n',
  '{"id": 1042, "name": "report-2024-03.pdf", "tags": ["draft", "q1"], "size": 18230, "ok": true}\n',
  'GET /api/v2/users/8812?limit=20&sort=name HTTP/1.1\nHost: api.internal:8443\nAccept: */*\n',
  '- [x] Update README.md (see #123)\n- [ ] run `npm test -- --watch=false` on v1.20.3-rc.1\n',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n',
].join('');

/** The reason why a rule must be refused, or null. */
export function streamProblem(rule: Rule, pattern: Pattern): RuleProblem | null {
  const union = new Union([{ id: rule.id, pattern, masksAtCap: true }]);
  const automaton = new Automaton(union);
  let state = automaton.initial;
  let held = 0;
  let run = 0;
  for (let index = 0; index < ordinaryText.length; index++) {
    state = automaton.step(state, union.classOf[ordinaryText.charCodeAt(index)] as number);
    run = state.live ? run + 1 : 0;
    held += run;
  }
  if (held / ordinaryText.length > mostHeld) {
    const suggestion =
      'begin with a literal that is rare in text, or bound the match, for example with {1,64} or a narrower class';
    return {
      code: 'holds-too-long',
      rule: rule.id,
      position: 0,
      message: 'the pattern holds back ordinary text',
      suggestion,
    };
  }
  if (countStates(automaton) > mostStates) {
    const suggestion = 'replace {min,max} by {min,} and let the pattern begin with a literal';
    return { code: 'explodes', rule: rule.id, position: 0, message: 'the pattern needs too many states', suggestion };
  }
  return null;
}

/** Follows every move from the start until no new state appears or the limit is passed. */
function countStates(automaton: Automaton): number {
  const queue = [automaton.initial];
  const seen = new Set<number>([automaton.initial.offset]);
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (let characterClass = 0; characterClass < automaton.width; characterClass++) {
      const next = automaton.step(state, characterClass);
      if (seen.has(next.offset)) continue;
      seen.add(next.offset);
      if (seen.size > mostStates) return seen.size;
      queue.push(next);
    }
  }
  return seen.size;
}
