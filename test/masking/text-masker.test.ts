// Streaming: the same edits for every way of cutting a text, nothing taken back, nothing held for ever, nothing leaked.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, type Edit } from '../../src/masking/masking.ts';
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import { sketchExample } from '../../src/masking/sketch.ts';
import { holdCap } from '../../src/masking/text-masker.ts';
import { eventfulText, masking, numbers, streamed } from './fixtures.ts';

const engine = masking({
  packs: ['secrets', 'pii'],
  keys: ['ticket_key', '*_token'],
  knownValues: [{ name: 'DB', value: 'hunter2hunter' }],
});

function cutter(kind: number, seed: number): () => number {
  const random = numbers(seed + 1);
  const sizes = [1, 3, 8];
  return () => sizes[kind] ?? 1 + random(20);
}

/** What of the raw text an edit list leaves in view. */
function visible(text: string, edits: readonly Edit[]): string {
  return applyEdits(
    text,
    edits.map((edit) => ({ ...edit, text: '\u0000' })),
  );
}

describe('a text masker', () => {
  it('gives the same edits for every chunking', () => {
    fc.assert(
      fc.property(eventfulText, fc.nat(3), fc.nat(1e6), (text, kind, seed) => {
        expect(streamed(engine, text, cutter(kind, seed))).toEqual(engine.edits(text));
      }),
      { numRuns: 4000 },
    );
  });

  it('gives the same edits when UTF-8 bytes are cut', () => {
    fc.assert(
      fc.property(eventfulText, fc.nat(1e6), (text, seed) => {
        const whole = new TextDecoder().decode(new TextEncoder().encode(text));
        const bytes = new TextEncoder().encode(whole);
        const decoder = new TextDecoder();
        const random = numbers(seed + 1);
        const masker = engine.stream();
        const edits: Edit[] = [];
        for (let at = 0; at < bytes.length;) {
          const to = Math.min(bytes.length, at + 1 + random(9));
          masker.push(decoder.decode(bytes.subarray(at, to), { stream: true }));
          edits.push(...masker.takeEdits());
          at = to;
        }
        masker.end();
        edits.push(...masker.takeEdits());
        expect(edits).toEqual(engine.edits(whole));
      }),
      { numRuns: 1500 },
    );
  });

  it('leaves masked text alone', () => {
    fc.assert(
      fc.property(eventfulText, (text) => {
        const masked = applyEdits(text, engine.edits(text));
        expect(engine.edits(masked)).toEqual([]);
      }),
      { numRuns: 2500 },
    );
  });

  it('keeps every character outside its edits', () => {
    fc.assert(
      fc.property(eventfulText, (text) => {
        const edits = engine.edits(text);
        let at = 0;
        let rest = '';
        for (const edit of edits) {
          expect(edit.start).toBeGreaterThanOrEqual(at);
          expect(edit.end).toBeGreaterThan(edit.start);
          rest += `${text.slice(at, edit.start)}\u0000`;
          at = edit.end;
        }
        expect(visible(text, edits)).toBe(rest + text.slice(at));
      }),
      { numRuns: 1000 },
    );
  });

  it('leaks nothing of a token that arrives in pieces', () => {
    const secrets = masking();
    for (const rule of catalogue.filter((each) => each.pack === 'secrets')) {
      for (const sketch of rule.examples) {
        const text = `Here it is:\n${sketchExample(sketch, 1)}\nand more text`;
        const whole = secrets.edits(text);
        for (const kind of [0, 1, 2, 3]) expect(streamed(secrets, text, cutter(kind, 7))).toEqual(whole);
        expect(whole.length, `${rule.id}: ${sketch}`).toBeGreaterThan(0);
      }
    }
  });
});

describe('the hold cap', () => {
  const secrets = masking();
  const line = `${sketchExample('~b64', 3)}\n`;

  it('masks an unterminated private key from the first line on', () => {
    const head = `-----BEGIN RSA PRIVATE KEY-----\n`;
    const text = head + line.repeat(2000);
    const edits = streamed(secrets, text, () => 1000);
    expect(edits).toEqual(secrets.edits(text));
    expect(applyEdits(text, edits)).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\nMASKED_PRIVATE_KEY_[0-9a-f]{8}\n?$/u);
    expect(edits[0]?.text).toContain('MASKED');
    expect(edits.slice(1).every((edit) => edit.text === '' && edit.finding === undefined)).toBe(true);
  });

  it('swallows a token of any length and goes on after it', () => {
    const long = `sk-${'a1B2c3D4'.repeat(3000)}`;
    const text = `key: ${long} and then ghp_${sketchExample('~A36')} end`;
    const masked = applyEdits(text, secrets.edits(text));
    expect(masked).toMatch(/^key: sk-MASKED_OPENAI_[0-9a-f]{8} and then ghp_MASKED_GITHUB_[0-9a-f]{8} end$/u);
    for (const size of [1, 7, 4095, 4096, 4097])
      expect(streamed(secrets, text, () => size)).toEqual(secrets.edits(text));
  });

  it('lets go of what cannot be told from data', () => {
    const text = `sourceMappingURL=data:application/json;base64,eyJ${'a1B2c3D4'.repeat(2000)} end`;
    expect(secrets.edits(text)).toEqual([]);
    expect(streamed(secrets, text, () => 997)).toEqual([]);
  });

  it('lets go of personal data that never ends', () => {
    const personal = masking({ packs: ['pii'] });
    const text = `${'a'.repeat(3 * holdCap)}@example.org`;
    expect(streamed(personal, text, () => 100)).toEqual(personal.edits(text));
  });

  it('never holds more than the cap', () => {
    const masker = secrets.stream();
    masker.push(`password: "${'x1'.repeat(10_000)}`);
    expect(masker.taken - masker.settled).toBeLessThanOrEqual(holdCap);
  });
});
