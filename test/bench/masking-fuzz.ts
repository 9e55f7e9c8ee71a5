// Longer property runs over the masking engine: `npm run fuzz -- [SECONDS] [SEED]`. Prints the case that failed.
import fc from 'fast-check';
import { applyEdits } from '../../src/masking/masking.ts';
import { eventfulText, masking, numbers, streamed } from '../masking/fixtures.ts';

const seconds = Number(process.argv[2] ?? 60);
const firstSeed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const engines = [
  masking(),
  masking({ packs: ['secrets', 'pii'], keys: ['*_token', 'password'], env: ['*_URL'] }),
  masking({ placeholder: 'stars', rules: [{ id: 'r', regex: '\\b[A-Z]{3}-[0-9]{2,}\\b', kind: 'id' }] }),
  masking({ knownValues: [{ name: 'K', value: 'correct horse/battery' }], placeholder: '[{kind}:{hash}]' }),
];
const end = Date.now() + seconds * 1000;
let cases = 0;
let seed = firstSeed;

while (Date.now() < end) {
  seed++;
  fc.assert(
    fc.property(eventfulText, fc.nat(engines.length - 1), fc.nat(1e6), fc.nat(40), (text, which, random, repeat) => {
      const engine = engines[which]!;
      // Every so often a text long enough to reach the hold cap.
      const whole = repeat === 0 ? text + 'xY7'.repeat(2000) + text : text;
      const edits = engine.edits(whole);
      const next = numbers(random + 1);
      const most = [1, 3, 8, 20, 5000][random % 5]!;
      if (JSON.stringify(streamed(engine, whole, () => 1 + next(most))) !== JSON.stringify(edits))
        throw new Error('chunks matter');
      const masked = applyEdits(whole, edits);
      // Long texts cut a match at the cap, and other styles put characters next to a token that end it where letters did not: only the bare word is exact here.
      const words = which < 2 && repeat > 0;
      if (words && engine.edits(masked).length > 0) throw new Error(`not idempotent: ${JSON.stringify(masked)}`);
      const json = JSON.stringify({ text: whole, list: [{ password: text }] });
      const changed = applyEdits(json, engine.jsonEdits(json));
      JSON.parse(changed);
      if (words && engine.jsonEdits(changed).length > 0) throw new Error(`JSON not idempotent: ${changed}`);
    }),
    { numRuns: 500, seed },
  );
  cases += 500;
}
console.log(`${cases} cases, seeds ${firstSeed + 1} to ${seed}, no failure`);
