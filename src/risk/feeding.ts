// Shells that read what they run from a pipe, a file or a substitution, and where that text comes from.

import { hasFlag } from './arguments.ts';
import type { Command } from './facts.ts';
import { inside, type Flow, type Runs, type Shell } from './shell-state.ts';

/** Programs that are shells. */
export const shells =
  /^(?:ba|z|da|a|k|mk|pdk|c|tc|fi|ya)?sh$|^(?:busybox-)?sh$|^(?:ba|z|k)sh[\d.-]+$|^elvish$|^xonsh$|^nu$/;

/** A shell that reads its commands from its input. */
export function feedShell(command: Command, next: Shell, runs: Runs): Flow | null {
  noteFeeders(command, next);
  return command.input === null ? null : runs.readShell(command.input, next);
}

/** `bash <(curl …)`: the substitution itself has been walked already. */
export function fromSubstitution(source: string, command: Command, next: Shell, runs: Runs): Flow | null {
  const flow = runs.readShell(source, inside(next));
  noteFeeders({ ...command, feeders: flow.commands }, next);
  return flow.text === null ? flow : runs.readShell(flow.text, next);
}

const fetches =
  /^(?:curl|wget|wget2|aria2c|http|https|xh|fetch|lynx|w3m|links|axel|nc|ncat|netcat|socat|iwr|irm|invoke-webrequest|invoke-restmethod|invoke-expression|gh|aws|gsutil|scp|ftp|dig|nslookup)$/;
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
