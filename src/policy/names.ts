// Name patterns of the policy: JSON keys and environment variables, `api_key`, `*_token`, `!max_token`.

/**
 * One test for many name patterns. A star stands for any characters; a leading `!` takes names out again, whatever stands
 * before or after it. Case does not matter, and neither does the style: `apiKey`, `api-key` and `API_KEY` are `api_key`.
 */
export function matchesName(patterns: readonly string[]): (name: string) => boolean {
  const wanted = compile(patterns.filter((pattern) => !pattern.startsWith('!')));
  const unwanted = compile(patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)));
  return (name) => {
    const plain = plainName(name);
    return wanted(plain) && !unwanted(plain);
  };
}

/** `clientSecret`, `client-secret`, `CLIENT.SECRET` → `client_secret`. */
export function plainName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/[-. ]/g, '_')
    .toLowerCase();
}

function compile(patterns: readonly string[]): (plain: string) => boolean {
  const exact = new Set<string>();
  const shapes: string[] = [];
  for (const pattern of patterns) {
    const plain = plainName(pattern);
    if (plain.includes('*')) shapes.push(plain.split(/\*+/).map(escaped).join('.*'));
    else exact.add(plain);
  }
  const shape = shapes.length === 0 ? undefined : new RegExp(`^(?:${shapes.join('|')})$`, 's');
  return (plain) => exact.has(plain) || (shape?.test(plain) ?? false);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
