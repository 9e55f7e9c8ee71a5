// The shell that the doctor was called from: does it send model hosts past every proxy?

import { matchesHost, parseHostPattern } from '../../policy/hosts.ts';
import { fixInShell, ok, problem, type Check } from './check.ts';
import type { DoctorContext } from './context.ts';

export const shellCheck: Check<DoctorContext> = {
  name: 'shell',
  async run(context) {
    const { env } = context.common;
    const names = ['NO_PROXY', 'no_proxy'].filter((name) => (env[name] ?? '') !== '');
    const entries = [...new Set(names.flatMap((name) => (env[name] ?? '').split(/[\s,]+/)))].filter(
      (each) => each !== '',
    );
    const { intercept } = await context.policy();
    const bypassing = entries.filter((entry) => coversModels(entry, intercept));
    const [first] = bypassing;
    if (first === undefined) return [ok('shell', 'No variable of this shell sends model traffic past the proxy.')];
    const kept = entries.filter((entry) => !bypassing.includes(entry)).join(',');
    const line =
      kept === '' ? `unset ${names.join(' ')}` : `export ${names.map((name) => `${name}=${quoted(kept)}`).join(' ')}`;
    const what = first === '*' ? 'every host' : 'model hosts';
    return [
      problem(
        'shell',
        `${names.join(' and ')} in this shell sends ${what} past Scrim (${bypassing.map(plain).join(', ')}).`,
        fixInShell(line),
      ),
    ];
  },
};

/** `openai.com` and `.openai.com` stand for all below them, as most programs read it (curl's manual, NO_PROXY). */
function coversModels(entry: string, intercept: readonly string[]): boolean {
  if (entry === '*') return true;
  const host = entry
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/:\d+$/, '');
  const isCovered = matchesHost([host, `*.${host}`]);
  return intercept.some((pattern) => {
    const parsed = parseHostPattern(pattern);
    if (parsed === undefined || isLoopback(parsed.host)) return false;
    // The place of a star is taken by some name.
    return isCovered(parsed.host.replaceAll('*', 'any'), 443);
  });
}

/** Models on this machine are meant to be reached directly. */
function isLoopback(host: string): boolean {
  return /^(localhost|127\.|::1|\[::1\])/.test(host);
}

function plain(entry: string): string {
  return entry.replace(/[^\w.:*-]/g, '?');
}

function quoted(text: string): string {
  return /^[\w.,:*/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
