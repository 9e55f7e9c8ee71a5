// Rules made from the policy's own `keys` and `env` lists, for assignments in text.
import type { Rule } from './rule.ts';
import { isReference, looksLikeCode } from './stand-ins.ts';
import { normalizeName } from './key-names.ts';

const quote = '(?:\\\\{0,3}["\'`])';
const assigned = `${quote}?\\]?[ \\t]*(?::=|=>|={1,3}|:|,)[ \\t]*`;

/** `*_token` becomes a pattern that ignores case, `-` and `_`, as names are compared. */
function namePattern(name: string): string {
  const parts = name.split('*').map((part) =>
    Array.from(normalizeName(part))
      .map((character) => character.replace(/[^a-z0-9]/u, '\\$&'))
      .join('[-_]?'),
  );
  const body = parts.map((part, index) => (index === 0 && part === '' ? '' : part)).join('[A-Za-z0-9_-]*');
  const anchored = name.startsWith('*') ? body.replace('[A-Za-z0-9_-]*', '') : `(?<![A-Za-z0-9_-])${body}`;
  return anchored;
}

export function listedNameRules(keys: readonly string[], env: readonly string[]): Rule[] {
  const variables = new Set(env);
  const names = [...new Set([...keys, ...env])].filter((name) => normalizeName(name.replaceAll('*', '')) !== '');
  return names.flatMap((name): Rule[] => {
    const shared = {
      kind: kindOf(name),
      severity: 'high',
      certainty: 'key-name',
      pack: 'custom',
      flags: 'i',
      examples: [],
    } as const;
    const lead = `${namePattern(name)}${assigned}`;
    return [
      {
        ...shared,
        id: `key:${name}`,
        pattern: `${lead}[a-z]?${quote}(?<secret>[^"'\`\\\\\\r\\n]{3,})(?=["'\`\\\\])`,
        check: (value) => (isReference(value) ? 'no' : 'yes'),
      },
      {
        ...shared,
        id: `key:${name}`,
        pattern: `${lead}(?<secret>[^\\s"'\`<>(){}\\[\\],;\\\\]{4,})(?=[\\s"'\`<,;\\\\}\\]]|$)`,
        check: (value) => (isReference(value) || (!variables.has(name) && isProgramText(value)) ? 'no' : 'yes'),
      },
    ];
  });
}

/** Without quotes, a word may as well be a variable or a type. */
function isProgramText(value: string): boolean {
  return looksLikeCode(value) || /^[A-Za-z_]+$/u.test(value);
}

function kindOf(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/gu, '_').replace(/^_+|_+$/gu, '') || 'secret';
}
