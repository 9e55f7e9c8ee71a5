// Recall and precision on labelled texts: `npm run bench:accuracy -- [FILE.jsonl[.gz]]…`. Without a file, on the corpus that
// is generated here: assistant-style answers with made-up secrets, and texts full of harmless look-alikes.
// A line is {"id","source","text","secrets":[{"start","end","kind"}]}; offsets are UTF-16 units.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Masking } from '../../src/masking/masking.ts';
import { masking } from '../masking/fixtures.ts';
import { answers, cleanTexts, type LabelledText } from './masking-corpus.ts';

/** Found: at least 70 % masked and no run of ten or more characters left in view. */
function found(mask: Uint8Array, start: number, end: number): boolean {
  let masked = 0;
  let run = 0;
  let longest = 0;
  for (let at = start; at < end; at++) {
    run = mask[at] === 1 ? 0 : run + 1;
    masked += mask[at] ?? 0;
    longest = Math.max(longest, run);
  }
  return masked >= 0.7 * (end - start) && longest < 10;
}

function score(name: string, texts: readonly LabelledText[], engine: Masking, details: boolean): void {
  let secrets = 0;
  let hits = 0;
  let clean = 0;
  let touched = 0;
  let maskedCharacters = 0;
  let wrongCharacters = 0;
  for (const { id, text, secrets: labels } of texts) {
    const edits = engine.edits(text);
    const mask = new Uint8Array(text.length);
    for (const edit of edits) mask.fill(1, edit.start, edit.end);
    if (labels === null) continue;
    for (const label of labels) {
      secrets++;
      if (found(mask, label.start, label.end)) hits++;
      else if (details)
        console.log(
          `  missed ${id} ${label.kind}: ${JSON.stringify(text.slice(Math.max(0, label.start - 40), label.end)).slice(0, 160)}`,
        );
    }
    const inside = new Uint8Array(text.length);
    for (const label of labels) inside.fill(1, label.start, label.end);
    for (let at = 0; at < text.length; at++) {
      maskedCharacters += mask[at] ?? 0;
      if (mask[at] === 1 && inside[at] === 0) wrongCharacters++;
    }
    if (labels.length > 0) continue;
    clean++;
    if (edits.length > 0) {
      touched++;
      if (details)
        console.log(
          `  touched ${id} by ${edits[0]?.finding?.rule ?? ''}: ${JSON.stringify(text.slice(Math.max(0, (edits[0]?.start ?? 0) - 40), edits[0]?.end)).slice(0, 160)}`,
        );
    }
  }
  const share = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`);
  console.log(
    `${name}: ${texts.length} texts; recall ${hits}/${secrets} = ${share(hits, secrets)}; ` +
      `clean texts touched ${touched}/${clean} = ${share(touched, clean)}; masked outside labels ${share(wrongCharacters, maskedCharacters)} of masked characters`,
  );
}

function read(file: string): LabelledText[] {
  const bytes = readFileSync(file);
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const {
        id,
        text: body,
        secrets,
      } = JSON.parse(line) as { id: string; text: string; secrets?: LabelledText['secrets'] };
      return { id, text: body, secrets: secrets ?? null };
    });
}

const details = process.argv.includes('--details');
const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const secretsOnly = masking();
const withPersonal = masking({ packs: ['secrets', 'pii'] });
const corpora: [string, LabelledText[]][] =
  files.length > 0
    ? files.map((file) => [file, read(file)])
    : [
        ['assistant answers (generated)', answers(1500)],
        ['clean hard texts (generated)', cleanTexts(1500)],
      ];
for (const [name, texts] of corpora) {
  score(`${name}, secrets pack`, texts, secretsOnly, details);
  score(`${name}, secrets and PII packs`, texts, withPersonal, false);
}
