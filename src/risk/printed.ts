// What simple programs print when what they read is known: the usual ways to write a command so that nobody sees it.

import { hasFlag, operands } from './arguments.ts';

const most = 65_536;

/** The output of a command, or null when it cannot be known. */
export function printed(name: string, args: readonly string[], input: string | null): string | null {
  const text = compute(name, args, input);
  return text === null ? null : text.slice(0, most);
}

function compute(name: string, args: readonly string[], input: string | null): string | null {
  switch (name) {
    case 'echo':
    case 'write-output':
    case 'write-host': {
      const words = [...args];
      let escapes = false;
      while (words[0] !== undefined && /^-[neE]+$/.test(words[0]))
        escapes = words.shift()?.includes('e') === true || escapes;
      const text = words.join(' ');
      return `${escapes ? unescape(text) : text}\n`;
    }
    case 'printf':
      return format(args[0] === '--' ? args.slice(1) : args);
    case 'cat':
    case 'tee':
      return operands(args).length === 0 ? input : null;
    case 'which':
    case 'type':
      return args.at(-1) === undefined ? null : `${args.at(-1) ?? ''}\n`;
    case 'true':
    case ':':
    case 'cd':
    case 'export':
    case 'mkdir':
    case 'touch':
    case 'sleep':
      return '';
    default:
      return input === null ? null : filtered(name, args, input);
  }
}

function filtered(name: string, args: readonly string[], input: string): string | null {
  switch (name) {
    case 'base64':
    case 'gbase64':
      return hasFlag(args, 'd', 'D', '--decode') ? fromBase64(input) : null;
    case 'base32':
      return hasFlag(args, 'd', '--decode') ? fromBase32(input) : null;
    case 'openssl':
      return args.includes('-d') && args.some((arg) => arg === 'base64' || arg === '-base64' || arg === '-a')
        ? fromBase64(input)
        : null;
    case 'xxd':
      return hasFlag(args, 'r') ? fromHex(input) : null;
    case 'rev':
      return input.replace(/[^\n]+/g, (line) => line.split('').reverse().join(''));
    case 'tac':
      return `${input.trimEnd().split('\n').reverse().join('\n')}\n`;
    case 'tr':
      return translated(args, input);
    case 'sed':
      return substituted(args, input);
    case 'cut': {
      const [, from = '1', dash, to] = /^-[cb](\d*)(-?)(\d*)$/.exec(args.join('')) ?? [];
      if (dash === undefined || args.length > 2) return null;
      const first = Number(from || 1);
      const last = dash === '' ? first : to === '' || to === undefined ? undefined : Number(to);
      return input.replace(/[^\n]+/g, (line) => line.slice(first - 1, last));
    }
    case 'head':
    case 'tail': {
      const count = Number(/^-c(\d+)$/.exec(args.join(''))?.[1] ?? NaN);
      if (Number.isNaN(count)) return input;
      return name === 'head' ? input.slice(0, count) : input.slice(-count);
    }
    case 'sort':
    case 'uniq':
    case 'xargs':
      return name === 'xargs' && operands(args).length > 0 ? null : input;
    default:
      return null;
  }
}

export function fromBase64(text: string): string | null {
  try {
    return utf8(atob(text.replace(/[\s]/g, '').replaceAll('-', '+').replaceAll('_', '/').slice(0, most)));
  } catch {
    return null;
  }
}

function utf8(binary: string): string {
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

function fromBase32(text: string): string | null {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let bits = '';
  for (const letter of text.replace(/[\s=]/g, '').slice(0, most))
    bits += letters.indexOf(letter).toString(2).padStart(5, '0');
  return (bits.match(/[01]{8}/g) ?? []).map((byte) => String.fromCharCode(parseInt(byte, 2))).join('');
}

export function fromHex(text: string): string {
  return (text.replace(/^[0-9a-f]+:|[^0-9a-f]/gim, '').match(/../g) ?? [])
    .map((pair) => String.fromCharCode(parseInt(pair, 16)))
    .join('');
}

/** `\x72`, `\162`, `\n` and their like. */
export function unescape(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|0?([0-7]{1,3})|([abefnrtv\\]))/g,
    (_, hex, code, octal, letter) => {
      if (hex !== undefined || code !== undefined) return String.fromCharCode(parseInt(String(hex ?? code), 16));
      if (octal !== undefined) return String.fromCharCode(parseInt(String(octal), 8));
      return { n: '\n', t: '\t', r: '\r', '\\': '\\' }[String(letter)] ?? '';
    },
  );
}

function format(args: readonly string[]): string | null {
  const [pattern, ...values] = args;
  if (pattern === undefined) return null;
  let used = 0;
  const once = (): string =>
    unescape(pattern).replace(/%(%|-?\d*\.?\d*([sbqdcx]))/g, (whole, percent, kind) => {
      if (percent === '%') return '%';
      const value = values[used++] ?? '';
      if (kind === 'b') return unescape(value);
      return kind === 'c' ? value.slice(0, 1) : kind === 'x' ? Number(value).toString(16) : value;
    });
  let text = once();
  while (used > 0 && used < values.length && text.length < most) text += once();
  return text;
}

function translated(args: readonly string[], input: string): string | null {
  const [from = '', to = ''] = operands(args).map(letters);
  if (hasFlag(args, 'd'))
    return input
      .split('')
      .filter((letter) => !from.includes(letter))
      .join('');
  if (hasFlag(args, 's', 'c') || from === '') return null;
  return input
    .split('')
    .map((letter) => {
      const at = from.indexOf(letter);
      return at === -1 ? letter : (to[at] ?? to.at(-1) ?? '');
    })
    .join('');
}

function letters(set: string): string {
  return unescape(set)
    .slice(0, 500)
    .replaceAll('[:upper:]', 'A-Z')
    .replaceAll('[:lower:]', 'a-z')
    .replace(/(.)-(.)/gs, (_, first: string, last: string) => {
      let all = '';
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0) && all.length < 256; code++)
        all += String.fromCharCode(code);
      return all;
    });
}

/** `sed s/a/b/g` with plain text on both sides. */
function substituted(args: readonly string[], input: string): string | null {
  const [script = ''] = operands(args);
  const [, letters1 = '', letters2 = ''] = /^y\/([^/]*)\/([^/]*)\/$/.exec(script) ?? [];
  if (letters1 !== '') return translated([letters1, letters2], input);
  const delimiter = /^s(.)/.exec(script)?.[1];
  if (delimiter === undefined) return null;
  const [, from = '', to = '', flags = ''] = script.split(delimiter);
  if (from === '' || /[\\.*^$[]/.test(from) || /[\\&]/.test(to)) return null;
  return flags.includes('g') ? input.replaceAll(from, () => to) : input.replace(from, () => to);
}
