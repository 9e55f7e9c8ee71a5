// What stands in the place of a secret. The same value gets the same placeholder; no rule matches one.
import type { Rule } from './rule.ts';

/** Named styles; anything else is a template with {rule} {kind} {hash} {prefix}. */
const namedStyles: Readonly<Record<string, string>> = {
  word: 'MASKED_{kind}_{hash}',
  stars: '***MASKED***',
  typed: '***MASKED:{rule}***',
};

export class Placeholders {
  readonly #template: string;
  readonly #known: RegExp;

  constructor(style: string, rules: readonly Rule[]) {
    this.#template = templateOf(style);
    const overrides = rules.flatMap((rule) => (rule.placeholder === undefined ? [] : [templateOf(rule.placeholder)]));
    const templates = new Set([...Object.values(namedStyles), this.#template, ...overrides]);
    // A match may also end inside a placeholder, as `x@host.MASKED` does before `_GITHUB_…`.
    this.#known = new RegExp([...[...templates].map(expressionOf), 'MASKED(?:_[A-Z0-9_]*)?$'].join('|'), 'u');
  }

  /** SECURITY: the text must not depend on more of the value than its keyed hash. */
  textFor(rule: Rule, hash: string, prefix: string): string {
    const template = rule.placeholder === undefined ? this.#template : templateOf(rule.placeholder);
    const kind = rule.kind.toUpperCase().replace(/[^A-Z0-9]+/gu, '_');
    return template
      .replaceAll('{rule}', rule.id)
      .replaceAll('{kind}', kind)
      .replaceAll('{hash}', hash.slice(0, 8))
      .replaceAll('{prefix}', prefix.replace(/[^A-Za-z0-9]+$/u, ''));
  }

  /** Whether a value behind a name is the rest of a placeholder whose beginning the rule took for public text. */
  isRestIn(value: string): boolean {
    return /^[MASKED]{0,6}_?[A-Z0-9_]*_[0-9a-f]{8}$/u.test(value);
  }

  /** Masked text is not masked again, whatever style it was masked with. */
  isIn(value: string): boolean {
    return this.#known.test(value);
  }
}

function templateOf(style: string): string {
  return Object.hasOwn(namedStyles, style) ? (namedStyles[style] as string) : style;
}

function expressionOf(template: string): string {
  return template
    .split(/(\{(?:rule|kind|hash|prefix)\})/u)
    .map((part) => {
      switch (part) {
        case '{rule}':
          return '[A-Za-z0-9_.-]+';
        case '{kind}':
          return '[A-Z0-9_]+';
        case '{hash}':
          return '[0-9a-f]{8}';
        case '{prefix}':
          return '[A-Za-z0-9_.-]*';
        default:
          return part.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
      }
    })
    .join('');
}
