// The face of this folder: rules in, maskers out. Pure; the keyed hash comes from outside.
import { KeyNames } from './key-names.ts';
import { knownValueRules, type KnownValue } from './known-values.ts';
import { listedNameRules } from './listed-names.ts';
import { allowListOf } from './allow-list.ts';
import { customRule, type CustomRule } from './custom-rules.ts';
import { explainText, type Explanation } from './explain.ts';
import type { Edit, Finding } from './finding.ts';
import { editJson } from './json-edits.ts';
import { suspectsIn } from './looks-like-secret.ts';
import { Placeholders } from './placeholder.ts';
import { compileRules } from './rule-book.ts';
import type { Rule } from './rule.ts';
import { catalogue } from './rules/catalogue.ts';
import { Restorable } from './restorable.ts';
import { longestShown, SpanVerdicts, type Judge } from './spans.ts';
import { isReference } from './stand-ins.ts';
import { StreamMasker, type TextMasker } from './text-masker.ts';
import { environmentPassword, tokenValue } from './value-checks.ts';

export { applyEdits } from './finding.ts';
/** @public */
export type { Certainty, Edit, Finding, Severity } from './finding.ts';
export type { KnownValue } from './known-values.ts';
export type { CustomRule } from './custom-rules.ts';
export { checkRule } from './custom-rules.ts';
export { because } from './explain.ts';
export type { Explanation } from './explain.ts';
export { MaskingError } from './masking-error.ts';
/** @public */
export type { RuleProblem, RuleProblemCode } from './masking-error.ts';
export type { TextMasker } from './text-masker.ts';

export interface MaskingOptions {
  /** 'word', 'stars', 'typed', or a template with {rule} {kind} {hash} {prefix}. */
  readonly placeholder: string;
  /** 'secrets', 'pii', 'looks-like-secret'. */
  readonly packs: readonly string[];
  /** Key names, `*` as wildcard; case, `-` and `_` do not count. */
  readonly keys: readonly string[];
  readonly env: readonly string[];
  readonly rules: readonly CustomRule[];
  /** Values never masked; `/pattern/` is a regular expression, `fingerprint:…` one value by the fingerprint of its finding. */
  readonly allow: readonly string[];
  readonly knownValues: readonly KnownValue[];
  /** Keyed hash of a value, hex. */
  readonly fingerprint: (value: string) => string;
}

export interface Masking {
  /** A masker for one channel of text. */
  stream(): TextMasker;
  /** All edits of a whole text: the same as `stream()` gives for any chunking. */
  edits(text: string): readonly Edit[];
  /**
   * True when text[from, to), a whole text, holds no finding for sure: the common case, told without allocation. False at
   * a backslash too: the text may be the inside of a JSON string, whose escapes are read elsewhere.
   */
  isClean(text: string, from: number, to: number): boolean;
  /** Edits in a JSON source; positions are those of the source and the result is valid JSON. */
  jsonEdits(source: string): readonly Edit[];
  /** Edits in a string value under a JSON key, header or variable name. */
  valueEdits(name: string | undefined, value: string): readonly Edit[];
  sensitiveName(name: string): boolean;
  /** No text shorter than this can hold a finding of the text rules. */
  readonly shortestMatch: number;
  /** Which rules act on a text, or nearly did, and why. */
  explain(text: string): readonly Explanation[];
  /** Runs that look like a credential no rule knows, for review only; empty without the pack `looks-like-secret`. */
  suspects(text: string): readonly Finding[];
  /** Placeholder to original, in memory only, bounded. */
  readonly restorable: ReadonlyMap<string, string>;
}

/** Throws `MaskingError` when a custom rule cannot be used. */
export function createMasking(options: MaskingOptions): Masking {
  return new CompiledMasking(options);
}

class CompiledMasking implements Masking {
  readonly shortestMatch: number;
  readonly restorable: ReadonlyMap<string, string>;
  readonly #names: KeyNames;
  readonly #book;
  readonly #suspects: boolean;
  readonly #verdicts: SpanVerdicts;
  readonly #judge: Judge;
  readonly #allowsFingerprints: boolean;
  /** For whole texts: one masker, reused, so that a body of many short strings allocates nothing for each. */
  readonly #whole: StreamMasker;

  constructor(options: MaskingOptions) {
    const packs = new Set(options.packs);
    const rules: Rule[] = [
      ...options.rules.map(customRule),
      ...knownValueRules(options.knownValues),
      ...listedNameRules(options.keys, options.env),
      ...catalogue.filter((rule) => packs.has(rule.pack)),
    ];
    this.#suspects = packs.has('looks-like-secret');
    this.#book = compileRules(rules);
    const placeholders = new Placeholders(options.placeholder, rules);
    const restorable = new Restorable();
    const allows = allowListOf(options.allow);
    this.#allowsFingerprints = allows.hasFingerprints;
    this.#judge = {
      placeholders,
      allows: allows.names,
      allowsHash: allows.knows,
      fingerprint: options.fingerprint,
      isPlaceholder: (value) => placeholders.isIn(value) || restorable.isHash(value),
      remember: (placeholder, value, hash) => restorable.remember(placeholder, value, hash),
    };
    this.#verdicts = new SpanVerdicts(this.#judge);
    this.#whole = new StreamMasker(this.#book, this.#verdicts);
    this.#names = new KeyNames(options.keys, options.env);
    this.shortestMatch = this.#book.shortestMatch;
    this.restorable = restorable.entries;
  }

  stream(): TextMasker {
    return new StreamMasker(this.#book, this.#verdicts);
  }

  edits(text: string): readonly Edit[] {
    if (text.length < this.shortestMatch) return [];
    this.#whole.reset();
    this.#whole.push(text);
    this.#whole.end();
    return this.#whole.takeEdits();
  }

  isClean(text: string, from: number, to: number): boolean {
    if (to - from < this.shortestMatch) return true;
    const { automaton } = this.#book;
    const { classOf } = automaton.union;
    const { table } = automaton;
    let { offset } = automaton.current(automaton.initial);
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at);
      const move = table[offset + (classOf[code] as number)] as number;
      // Something is live, or its move is not known yet: the masker looks closer.
      if (move < 0 || code === 0x5c) return false;
      offset = move;
    }
    return true;
  }

  jsonEdits(source: string): readonly Edit[] {
    try {
      JSON.parse(source);
    } catch {
      return this.edits(source);
    }
    return editJson(source, {
      valueEdits: (name, value) => this.valueEdits(name, value),
      numberEdit: (name, number) => this.#numberEdit(name, number),
      shortestMatch: this.shortestMatch,
      sensitiveName: (name) => this.sensitiveName(name),
    });
  }

  valueEdits(name: string | undefined, value: string): readonly Edit[] {
    const found = this.edits(value);
    if (name === undefined || value === '') return found;
    const strength = this.#names.strengthOf(name);
    if (strength === 'none' || !this.#isSecretValue(strength, value)) return found;
    const first = found[0];
    // A format that covers the value is named by the format, and keeps its public prefix as in running text.
    if (
      first?.finding !== undefined &&
      first.finding.certainty !== 'key-name' &&
      first.start <= longestShown &&
      first.end === value.length
    )
      return found;
    return [this.#nameEdit(name, strength, value)];
  }

  sensitiveName(name: string): boolean {
    return this.#names.strengthOf(name) !== 'none';
  }

  suspects(text: string): readonly Finding[] {
    if (!this.#suspects) return [];
    const found = suspectsIn(text, this.edits(text), (value) => this.#judge.fingerprint(value));
    return found.filter(({ fingerprint }) => !this.#judge.allowsHash(fingerprint));
  }

  explain(text: string): readonly Explanation[] {
    return explainText(this.#book, this.#verdicts, text);
  }

  #isSecretValue(strength: 'listed' | 'password' | 'token', value: string): boolean {
    if (this.#judge.isPlaceholder(value) || this.#judge.allows(value, value) || this.#isAllowed(value)) return false;
    if (strength === 'listed') return !isReference(value);
    if (/\s.*\s/u.test(value)) return false;
    // In data even a word is a password; in program text it may be a label.
    return (strength === 'password' ? environmentPassword(value) : tokenValue(value)) !== 'no';
  }

  #numberEdit(name: string | undefined, source: string): Edit | null {
    if (name === undefined || source.length < 4) return null;
    const strength = this.#names.strengthOf(name);
    if (strength !== 'listed' && strength !== 'password') return null;
    return this.#judge.allows(source, source) || this.#isAllowed(source)
      ? null
      : this.#nameEdit(name, strength, source);
  }

  /** By fingerprint: as a name finds it, or as its format does, whose public prefix is not part of the finding. */
  #isAllowed(value: string): boolean {
    if (!this.#allowsFingerprints) return false;
    for (let prefix = 0; prefix <= longestShown && prefix < value.length; prefix++) {
      if (this.#judge.allowsHash(this.#judge.fingerprint(value.slice(prefix)))) return true;
    }
    return false;
  }

  #nameEdit(name: string, strength: 'listed' | 'password' | 'token', value: string): Edit {
    const kind = strength === 'listed' ? name : strength === 'password' ? 'password' : 'secret';
    const rule: Rule = {
      id: strength === 'listed' ? `key:${name}` : `key-${kind}`,
      kind,
      severity: 'high',
      certainty: 'key-name',
      pack: 'secrets',
      pattern: '',
      examples: [],
    };
    const hash = this.#judge.fingerprint(value);
    const text = this.#judge.placeholders.textFor(rule, hash, '');
    this.#judge.remember(text, value, hash);
    const finding: Finding = {
      rule: rule.id,
      kind,
      severity: 'high',
      certainty: 'key-name',
      start: 0,
      end: value.length,
      fingerprint: hash.slice(0, 16),
    };
    return { start: 0, end: value.length, text, finding };
  }
}
