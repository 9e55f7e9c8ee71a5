// Secrets that are known by value (environment, `.env` files, keychain): exact literals, in every form they travel in.
import type { Rule } from './rule.ts';

export interface KnownValue {
  readonly name: string;
  readonly value: string;
}

/** Shorter values would mask ordinary words. */
const shortestKnown = 6;
/** Longer ones are recognised by their beginning; the rest of the run goes with it. */
const longestLiteral = 192;

export function knownValueRules(values: readonly KnownValue[]): Rule[] {
  const rules: Rule[] = [];
  for (const { name, value } of values) {
    const forms = new Set<string>();
    for (const line of [value, ...value.split(/\r?\n/u)]) {
      const trimmed = line.trim();
      if (trimmed.length < shortestKnown || trimmed.includes('\n')) continue;
      if (value.includes('\n') && trimmed.length < 16) continue;
      for (const form of formsOf(trimmed)) forms.add(form);
    }
    if (forms.size === 0) continue;
    rules.push({
      id: `known:${name}`,
      kind: name,
      severity: 'critical',
      certainty: 'known-value',
      pack: 'known',
      pattern: [...forms].map(literalPattern).join('|'),
      examples: [],
    });
  }
  return rules;
}

/** The value itself, JSON-escaped, URL-encoded, and base64 at its three alignments inside a longer text. */
function formsOf(value: string): string[] {
  const forms = [value, JSON.stringify(value).slice(1, -1)];
  const bytes = utf8(value);
  const percent = bytes.map((byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_.~-]/u.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  forms.push(
    percent.join(''),
    percent.join('').toLowerCase() === percent.join('') ? value : percent.join('').replaceAll('%20', '+'),
  );
  if (bytes.length >= 9) {
    for (const shift of [0, 1, 2]) {
      const encoded = base64([...new Array<number>(shift).fill(0), ...bytes]);
      // The first characters mix with what stands before, the last with what follows.
      const from = shift === 0 ? 0 : shift + 1;
      const whole = Math.floor(((bytes.length + shift) * 8) / 6);
      const piece = encoded.slice(from, whole);
      forms.push(piece, piece.replaceAll('+', '-').replaceAll('/', '_'));
    }
  }
  return forms.filter((form) => form.length >= shortestKnown);
}

function literalPattern(literal: string): string {
  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
  if (literal.length <= longestLiteral) return escape(literal);
  return `${escape(literal.slice(0, longestLiteral))}[^\\s"'\`<>]*`;
}

function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return bytes;
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: readonly number[]): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b = 0, c = 0] = bytes.slice(index, index + 3);
    const word = (a << 16) | (b << 8) | c;
    for (const shift of [18, 12, 6, 0]) text += base64Alphabet[(word >> shift) & 63] as string;
  }
  return text;
}
