// Random lives of a queue on a real file, compared with the model: whatever happens in whatever order, every asker that
// stays is answered exactly once, never synchronously, and every question has exactly one recorded outcome.

import fc from 'fast-check';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openApprovals, type Approvals } from '../../src/approvals/approvals.ts';
import { asMasked } from '../../src/base/text.ts';
import type { Answer, AnswerScope } from '../../src/contract/questions.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { createModel } from './model.ts';
import { askRequest, delivered, given, manualClock } from './questions.ts';

const verdict = fc.constantFrom('allow' as const, 'deny' as const);
const scope = fc.oneof(
  fc.constantFrom<AnswerScope>({ kind: 'once' }, { kind: 'session' }, { kind: 'always' }),
  fc.constantFrom(1, 5, 60).map((minutes): AnswerScope => ({ kind: 'minutes', minutes })),
);

const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      actionKey: fc.constantFrom('a', 'b', 'c'),
      requestKey: fc.constantFrom(null, 'r', 's'),
      session: fc.constantFrom('s-1', 's-2'),
      timeout: fc.constantFrom(1_000, 60_000, 600_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('answer' as const), asker: fc.nat(), verdict, scope }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), asker: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      by: fc.constantFrom(0, 1, 999, 1_000, 30_000, 60_000, 600_000, 86_400_000),
    }),
  },
);

interface Asker {
  readonly id: string;
  readonly withdraw: () => void;
  readonly answers: Answer[];
  hasLeft: boolean;
}

test('every asker that stays is answered exactly once, as the model says, and every question has one outcome', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 40 }), verdict, async (commands, onTimeout) => {
      const temporary = temporaryFolder();
      const clock = manualClock();
      const open = () =>
        openApprovals({
          folder: join(temporary.path, 'approvals'),
          clock,
          maskNote: asMasked,
          onFailure(error) {
            throw error;
          },
        });
      let approvals = open();
      try {
        const askers = await live(approvals, clock, commands, onTimeout);
        const before = approvals.history(1_000);
        await approvals.close();
        approvals = open();
        expect(approvals.history(1_000)).toEqual(before);
        expect(new Set(before.map(({ question }) => question.id))).toEqual(new Set(askers.map(({ id }) => id)));
      } finally {
        await approvals.close();
        temporary.remove();
      }
    }),
    { numRuns: 50 },
  );
});

async function live(
  approvals: Approvals,
  clock: ReturnType<typeof manualClock>,
  commands: readonly (typeof command extends fc.Arbitrary<infer Command> ? Command : never)[],
  onTimeout: 'allow' | 'deny',
): Promise<Asker[]> {
  const model = createModel(clock.now());
  const askers: Asker[] = [];
  for (const next of [...commands, { do: 'advance' as const, by: 600_000 }]) {
    switch (next.do) {
      case 'ask': {
        const { actionKey, requestKey, session, timeout } = next;
        const answers: Answer[] = [];
        const request = askRequest({ actionKey, requestKey, session, timeout, onTimeout });
        const asked = approvals.ask(request, (answer) => void answers.push(answer));
        expect(answers).toEqual([]);
        model.ask(askers.length, { action: actionKey, request: requestKey, session, timeout, onTimeout });
        askers.push({ ...asked, answers, hasLeft: false });
        break;
      }
      case 'answer': {
        if (askers.length === 0) break;
        const asker = next.asker % askers.length;
        const taken = approvals.answer(askers[asker]!.id, given({ verdict: next.verdict, scope: next.scope }));
        expect(taken).toBe(model.answer(asker, next.verdict, 'terminal', next.scope) ? 'taken' : 'too-late');
        break;
      }
      case 'withdraw': {
        if (askers.length === 0) break;
        const asker = next.asker % askers.length;
        askers[asker]!.withdraw();
        askers[asker]!.hasLeft = true;
        model.withdraw(asker);
        break;
      }
      case 'advance':
        clock.advance(next.by);
        model.advance(next.by);
        break;
    }
    await delivered();
    expect(approvals.open()).toHaveLength(model.open());
    expect(approvals.grants()).toHaveLength(model.grants());
    expect(approvals.history(1_000)).toHaveLength(model.ended());
  }
  for (const [i, { id, answers, hasLeft }] of askers.entries()) {
    if (hasLeft && answers.length === 0) continue;
    expect(answers.map(({ verdict, by }) => ({ verdict, by }))).toEqual([model.outcomeOf(i)]);
    expect(approvals.question(id)).toMatchObject({ answer: answers[0] });
  }
  return askers;
}
