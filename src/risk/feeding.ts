// Shells that read what they run from a pipe, a file or a substitution, and where that text comes from.

import { hasFlag, quoted } from './arguments.ts';
import type { Command } from './facts.ts';
import { inside, type Flow, type Runs, type Shell } from './shell-state.ts';

/** Programs that are shells. */
export const shells =
  /^(?:ba|z|da|a|k|mk|pdk|c|tc|fi|ya)?sh$|^(?:busybox-)?sh$|^(?:ba|z|k)sh[\d.-]+$|^elvish$|^xonsh$|^nu$/;

/** A shell that reads its commands from its input. */
export function feedShell(command: Command, next: Shell, runs: Runs): Flow | null {
  noteFeeders(command, next);
  if (command.input !== null) return runs.readShell(command.input, next);
  if (command.feeders.some(makesUp)) next.facts.signs.set('computed', next.place);
  return null;
}

/** `bash <(curl …)`: the substitution itself has been walked already. */
export function fromSubstitution(source: string, command: Command, next: Shell, runs: Runs): Flow | null {
  const flow = runs.readShell(source, inside(next));
  const fed = { ...command, feeders: flow.commands };
  noteFeeders(fed, next);
  if (flow.text === null && fed.feeders.some(makesUp)) next.facts.signs.set('computed', next.place);
  return flow.text === null ? flow : runs.readShell(flow.text, next);
}

const fetches =
  /^(?:curl|wget|wget2|aria2c|http|https|xh|fetch|lynx|w3m|links|axel|nc|ncat|netcat|socat|iwr|irm|invoke-webrequest|invoke-restmethod|invoke-expression|gh|aws|gsutil|scp|ftp|dig|nslookup|telnet)$/;
const decodes = (command: Command): boolean =>
  (/^(?:base64|gbase64|base32|base58|basenc|uudecode)$/.test(command.name) &&
    hasFlag(command.args, 'd', 'D', '--decode')) ||
  command.name === 'uudecode' ||
  (command.name === 'xxd' && hasFlag(command.args, 'r')) ||
  (command.name === 'openssl' && command.args.includes('-d')) ||
  (command.name === 'gpg' && hasFlag(command.args, 'd', '--decrypt')) ||
  command.name === 'rev' ||
  (command.name === 'tr' &&
    /^(?:a-zA-Z|A-Za-z|a-z|A-Z)/.test(command.args[0] ?? '') &&
    /n-za-m|N-ZA-M/i.test(command.args[1] ?? '')) ||
  ((command.name === 'printf' || command.name === 'echo') &&
    command.args.some((arg) => (arg.match(/\\x?[0-9a-f]{2}/gi)?.length ?? 0) > 3)) ||
  (/^(?:python[\d.]*|perl|node|ruby)$/.test(command.name) &&
    command.args.some((arg) => /b64decode|decode_base64|fromhex|pack\(|'base64'|"base64"/.test(arg)));

/** Text for a shell (or `eval`) that comes out of the net or out of a decoder. */
export function noteFeeders(command: Command, shell: Shell): void {
  if (command.feeders.some(decodes)) shell.facts.signs.set('decoded-to-shell', shell.place);
  if (command.feeders.some((feeder) => fetches.test(feeder.name))) shell.facts.signs.set('piped-to-shell', shell.place);
}

const transformers =
  'awk|gawk|mawk|nawk|jq|yq|tr|sed|cut|rev|fold|paste|column|od|xxd|hexdump|base64|base32|basenc|openssl|gpg|gunzip|zcat|gzip|bzcat|bunzip2|xzcat|xz|zstdcat|dd|strings|head|tail|tac|dc|bc|m4|iconv|uudecode|python[\\d.]*|perl|ruby|node|php|lua|printf|shuf';
const transformer = new RegExp(`^(?:${transformers})$`);
const transformed = new RegExp(`[$<(\`|;]\\s*(?:(?:sudo|command|busybox|/\\S*/)\\s*)?(?:${transformers})\\s`);

/** A program that makes text out of other text, so that what it prints cannot be read off. */
function makesUp(command: Command): boolean {
  return transformer.test(command.name);
}

const fetching = /(?:\$\(|`|<\()\s*(?:sudo\s+)?(?:curl|wget2?|fetch|https?|xh|aria2c|lynx|nc|ncat|gh api)\s/;
const decoding =
  /(?:base64\s+(?:-\w*[dD]\b|--decode)|base32\s+(?:-d|--decode)|xxd\s+-\w*r|openssl\s+(?:enc\s+)?.*-d\b|\brev\b(?!-)|uudecode|b64decode)/;

/** What a text that is about to be run says of itself where a substitution in it could not be followed. */
export function noteUnknown(text: string, shell: Shell): void {
  const at = text.search(/[$<]\(|`/);
  if (at === -1) return;
  const { signs } = shell.facts;
  const rest = text.slice(at, at + 4_000);
  if (fetching.test(rest)) signs.set('piped-to-shell', shell.place);
  if (decoding.test(rest)) signs.set('decoded-to-shell', shell.place);
  else if (transformed.test(rest)) signs.set('computed', shell.place);
}

/** Stands for text that commands bring through a pipe: a substitution that nobody can follow; null for harmless ones. */
export function standIn(feeders: readonly Command[]): string | null {
  const source = feeders.find(
    (feeder) => fetches.test(feeder.name) || decodes(feeder) || /^(?:xxd|base64|base32|od|hexdump)$/.test(feeder.name),
  );
  return source === undefined ? null : `$( ${[source.name, ...source.args.map(quoted)].join(' ').slice(0, 300)} )`;
}
