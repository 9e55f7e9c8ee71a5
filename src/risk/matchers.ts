// The objects that a policy rule may match: `{ command: "git push *" }`, `{ upload: { to: "!approved", over: 64KiB } }`, …
// Longer than most files: one case for each kind of object.

import { credentialAt } from './credentials.ts';
import type { Command, Facts, HostFact, PathFact, Place } from './facts.ts';
import { hostMatches } from './hosts.ts';
import { isWithin, resolvePath } from './paths.ts';
import type { Proposal } from './proposal.ts';
import { mayReceive, type Scene } from './scene.ts';

export interface Matcher {
  readonly key: string;
  /** Whether the facts in the places that `here` admits fit. */
  fits(facts: Facts, scene: Scene, proposal: Proposal, here: (place: Place) => boolean): boolean;
  /** The facts that stay when what fits is approved. */
  without?(facts: Facts, scene: Scene, here: (place: Place) => boolean): Facts;
}

export interface MatchProblem {
  readonly problem: string;
  readonly suggestion?: string;
}

type Made = { readonly matchers: readonly Matcher[] } | MatchProblem;

const keys = [
  'command',
  'upload',
  'host',
  'write',
  'delete',
  'read',
  'credential',
  'tool',
  'category',
  'rule',
  'secret',
];

export function matcherOf(
  match: { readonly [key: string]: unknown },
  ids: ReadonlySet<string>,
  categories: ReadonlySet<string>,
): Made {
  const matchers: Matcher[] = [];
  const entries = Object.entries(match);
  if (entries.length === 0) return { problem: `Say what to match: ${keys.join(', ')}.` };
  for (const [key, value] of entries) {
    const made = one(key, value, ids, categories);
    if ('problem' in made) return made;
    matchers.push(made);
  }
  return { matchers };
}

function one(
  key: string,
  value: unknown,
  ids: ReadonlySet<string>,
  categories: ReadonlySet<string>,
): Matcher | MatchProblem {
  if (!keys.includes(key)) return { problem: `Match by one of ${keys.join(', ')}: there is no "${key}".` };
  if (key === 'upload') return upload(value);
  if (key === 'credential' && value === true) return credentials(['*']);
  if (key === 'secret' && value === true) return secrets(['*']);
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as unknown[]) : [];
  if (texts.length === 0 || !texts.every((text): text is string => typeof text === 'string' && text.trim() !== ''))
    return { problem: `Write a text or a list of texts for "${key}".` };
  switch (key) {
    case 'command': {
      const patterns = texts.map(flagPattern);
      const bad = patterns.indexOf(null);
      if (bad !== -1)
        return { problem: `Write a command such as "git push *": "${texts[bad] ?? ''}" can never match.` };
      const found = patterns.filter((pattern) => pattern !== null);
      return anyOf('command', found);
    }
    case 'host': {
      const bad = texts.find((text) => !/^!?approved$/.test(text) && !/^[\w.*:[\]-]+$/.test(text));
      return bad === undefined
        ? hosts(texts)
        : { problem: `Write a host such as "*.example.com" or "!approved": "${bad}" can never match.` };
    }
    case 'write':
      return paths(key, texts, (use) => use === 'write');
    case 'delete':
      return paths(key, texts, (use) => use === 'delete' || use === 'delete-tree');
    case 'read':
      return paths(key, texts, (use) => use === 'read');
    case 'credential':
      return credentials(texts);
    case 'secret':
      return secrets(texts);
    case 'tool':
      return {
        key,
        fits: (_facts, _scene, proposal) =>
          proposal.kind === 'tool-call' && texts.some((text) => wildcard(text).test(proposal.name)),
      };
    default: {
      const known = key === 'rule' ? ids : categories;
      const bad = texts.find((text) => !known.has(text));
      if (bad !== undefined) return { problem: `Name a built-in ${key}: there is no "${bad}".` };
      return { key: `${key} ${texts.join(' ')}`, fits: () => true };
    }
  }
}

/** `git push *`: words, `*` for any characters of a word, at the end for any further words. */
export function flagPattern(text: string): Matcher | null {
  const words = text.trim().split(/\s+/);
  const [program = ''] = words;
  if (program === '' || /[|;&<>()$`]/.test(text)) return null;
  const open = words.at(-1) === '*' && words.length > 1;
  const patterns = (open ? words.slice(0, -1) : words).map(wildcard);
  const fits = ({ name, args }: Command): boolean => {
    if (open ? args.length + 1 < patterns.length : args.length + 1 !== patterns.length) return false;
    return patterns.every((pattern, i) => pattern.test(i === 0 ? name : (args[i - 1] ?? '')));
  };
  return {
    key: 'command',
    fits: (facts, _scene, _proposal, here) => facts.commands.some((command) => here(command.place) && fits(command)),
    // Approved only as a whole: one allowed command does not carry others along.
    without: (facts, _scene, here) =>
      facts.commands.every(
        (command) => command.wraps || harmless.has(command.name) || (here(command.place) && fits(command)),
      )
        ? { ...facts, commands: [], paths: [], hosts: [], credentials: [], signs: new Map() }
        : facts,
  };
}

const harmless = new Set(['cd', 'echo', 'true', ':', 'pwd', 'set', '', 'export', 'sleep']);

function anyOf(key: string, matchers: readonly Matcher[]): Matcher {
  return {
    key,
    fits: (...given) => matchers.some((matcher) => matcher.fits(...given)),
    without: (facts, scene, here) =>
      matchers.reduce((left, matcher) => matcher.without?.(left, scene, here) ?? left, facts),
  };
}

function toHost(texts: readonly string[]): (host: HostFact, scene: Scene) => boolean {
  return ({ host }, scene) =>
    texts.some((text) => {
      const negated = text.startsWith('!');
      const pattern = negated ? text.slice(1) : text;
      const is = host !== null && (pattern === 'approved' ? mayReceive(host, scene) : hostMatches(pattern, host));
      return is !== negated;
    });
}

function hosts(texts: readonly string[]): Matcher {
  return hostMatcher('host', toHost(texts));
}

function hostMatcher(key: string, test: (host: HostFact, scene: Scene) => boolean): Matcher {
  return {
    key,
    fits: (facts, scene, _proposal, here) => facts.hosts.some((host) => here(host.place) && test(host, scene)),
    without: (facts, scene, here) => ({
      ...facts,
      hosts: facts.hosts.filter((host) => !(here(host.place) && test(host, scene))),
    }),
  };
}

const sizes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

function upload(value: unknown): Matcher | MatchProblem {
  if (value === true) return hostMatcher('upload', ({ sends }) => sends !== 'nothing');
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { problem: 'Write upload as { to: "!approved", over: 64KiB }.' };
  const { to = '*', over, ...rest } = value as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return { problem: `Write "to" and "over" in upload: there is no "${unknown}".` };
  const texts = (Array.isArray(to) ? to : [to]) as unknown[];
  if (
    texts.length === 0 ||
    !texts.every((text): text is string => typeof text === 'string' && /^!?(?:approved|[\w.*:[\]-]+)$/.test(text))
  )
    return { problem: 'Write "to" as a host, "approved", "!approved" or a list of hosts.' };
  const [, number, unit = 'B'] =
    /^(\d+(?:\.\d+)?)\s*([kKMG]i?B|B)?$/.exec(
      typeof over === 'number' ? String(over) : typeof over === 'string' ? over : '',
    ) ?? [];
  if (over !== undefined && number === undefined)
    return { problem: 'Write "over" as a size with its unit, such as 64KiB.' };
  const limit = number === undefined ? -1 : Number(number) * (sizes[unit] ?? 1);
  const test = toHost(texts);
  // SECURITY: a size that nobody knows counts as too large.
  return hostMatcher(
    'upload',
    (host, scene) =>
      host.sends !== 'nothing' &&
      (host.bytes === null || host.bytes > limit) &&
      (host.host === null ? texts.some((text) => text.startsWith('!') || text === '*') : test(host, scene)),
  );
}

function paths(key: string, texts: readonly string[], uses: (use: PathFact['use']) => boolean): Matcher {
  const test = ({ path, use }: PathFact, { folder, home, approvedPaths }: Scene): boolean =>
    uses(use) &&
    texts.some((text) => {
      const negated = text.startsWith('!');
      const pattern = negated ? text.slice(1) : text;
      if (pattern === 'approved')
        return (
          (approvedPaths.some((approved) => isWithin(path, approved)) ||
            (folder !== null && isWithin(path, folder))) !== negated
        );
      const full = pattern.startsWith('**') ? pattern : resolvePath(pattern, folder, home);
      return pathPattern(full).test(path) !== negated;
    });
  return {
    key,
    fits: (facts, scene, _proposal, here) => facts.paths.some((path) => here(path.place) && test(path, scene)),
    without: (facts, scene, here) => ({
      ...facts,
      paths: facts.paths.filter((path) => !(here(path.place) && test(path, scene))),
    }),
  };
}

function credentials(texts: readonly string[]): Matcher {
  const patterns = texts.map(wildcard);
  const named = (name: string): boolean => patterns.some((pattern) => pattern.test(name));
  const read = ({ path, use }: PathFact, home: string): boolean => {
    const found = use === 'read' ? credentialAt(path, home) : null;
    return found !== null && (named(found) || named(path));
  };
  return {
    key: 'credential',
    fits: (facts, { home }, _proposal, here) =>
      facts.credentials.some(({ name, place }) => here(place) && named(name)) ||
      facts.paths.some((path) => here(path.place) && read(path, home)),
    without: (facts, { home }, here) => ({
      ...facts,
      credentials: facts.credentials.filter(({ name, place }) => !(here(place) && named(name))),
      paths: facts.paths.filter((path) => !(here(path.place) && read(path, home))),
    }),
  };
}

function secrets(texts: readonly string[]): Matcher {
  const patterns = texts.map(wildcard);
  return {
    key: 'secret',
    fits: (_facts, scene) => scene.secrets.some((id) => patterns.some((pattern) => pattern.test(id))),
  };
}

/** `*` for any characters; everything else stands for itself. */
function wildcard(text: string): RegExp {
  return new RegExp(`^${text.split('*').map(escaped).join('.*')}$`, 's');
}

/** `*` within a folder name, `**` across; a folder is everything below it too. */
function pathPattern(text: string): RegExp {
  const source = text
    .split(/(\*\*\/?|\*)/)
    .map((part) => (part.startsWith('**') ? '.*' : part === '*' ? '[^/]*' : escaped(part)));
  return new RegExp(`^${source.join('')}(?:/.*)?$`, 's');
}

function escaped(text: string): string {
  return text.replace(/[.\\+?^${}()|[\]]/g, '\\$&');
}
