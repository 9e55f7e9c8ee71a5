// The policy: shown, checked, edited, tried and saved.

import type { CoreParts } from './parts.ts';
import { os } from './implementer.ts';
import { CoreError } from '../core-error.ts';
import { fingerprintSalt } from '../fingerprint.ts';
import { createPolicyEditor } from '../policy-editor.ts';
import { policyFacts } from '../policy-facts.ts';
import { startPolicyThread } from '../policy-thread.ts';

export function policyProcedures(parts: CoreParts) {
  const { options, places, stores, clock, log, policyFile, events } = parts;
  const bench = startPolicyThread(async () => ({
    salt: await fingerprintSalt(stores.own),
    env: { ...options.env },
    projectFolder: process.cwd(),
  }));
  const check = (text: string) => bench.check({ text, inForce: parts.policy() });
  const editor = createPolicyEditor({
    path: places.policyFile,
    clock,
    problems: () => policyFile.problems,
    check,
    edit: (job) => bench.edit(job),
    takeOver: parts.policyChanged,
    exchange: (id) => log.exchange(id),
  });
  const recorded = (id: string) => {
    const record = log.exchange(id);
    if (record === undefined)
      throw new CoreError('not-found', 'There is no such exchange in the log; take its id from Sessions.');
    return record;
  };

  return {
    facts: os.policy.facts.handler(() => policyFacts()),
    get: os.policy.get.handler(() => editor.document()),
    watch: os.policy.watch.handler(async function* ({ signal }) {
      const news = events(signal);
      yield editor.document();
      for await (const { event } of news) if (event === 'policy') yield editor.document();
    }),
    check: os.policy.check.handler(({ input }) => check(input.text)),
    edit: os.policy.edit.handler(async ({ input }) => {
      const text = await bench.edit(input);
      return { text, check: await check(text) };
    }),
    save: os.policy.save.handler(({ input }) => editor.save(input)),
    undo: os.policy.undo.handler(({ input }) => editor.undo(input.hash)),
    try: os.policy.try.handler(({ input: { policyText, what } }) =>
      bench.try({ policyText, what: what.as === 'exchange' ? { as: 'exchange', record: recorded(what.id) } : what }),
    ),
    allowFinding: os.policy.allowFinding.handler(({ input }) => editor.allowFinding(input.exchange, input.finding)),
  };
}
