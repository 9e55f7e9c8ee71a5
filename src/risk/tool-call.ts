// A tool call to facts. Tools are recognised by the shape of their input, so that any name will do.
// Longer than most files: one case for each shape of input.

import { readCode } from './code.ts';
import { credentialAt } from './credentials.ts';
import { add, type PathUse } from './facts.ts';
import { hostOf, isUrl } from './hosts.ts';
import { noteContents } from './contents.ts';
import { patchedFiles } from './patch.ts';
import { resolvePath } from './paths.ts';
import { looksLikePowershell, readPowershell } from './powershell.ts';
import { fromBase64 } from './printed.ts';
import { readShell, runs } from './shell.ts';
import { inside, type Shell } from './shell-state.ts';
import { judgeSql, looksLikeSql } from './sql.ts';
import { looksLikeCommand, noteName, takesNotes, talk } from './tool-names.ts';
import {
  bodyKeys,
  codeKeys,
  commandKey,
  contentKeys,
  deletingNames,
  folderKeys,
  pathKeys,
  powershellNames,
  programKeys,
  programNames,
  readingNames,
  shellKeys,
  shellNames,
  sqlKeys,
  targetKeys,
  typesText,
  urlKeys,
  writingNames,
} from './tool-keys.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Which shell of Windows a tool is: a caret escapes in cmd.exe, a backtick in PowerShell. */
type Powershell = boolean | 'cmd';
const powershellOf = (name: string): Powershell =>
  /^(?:cmd|batch)$|cmd_exe/i.test(name) ? 'cmd' : powershellNames.test(name);

const maxNodes = 3_000;

/** Languages of code that are shells. */
export const shellLanguages =
  /^(?:ba|z|k|fi|da|c|tc)?sh$|^(?:shell|shell-?(?:script|session)|console|terminal|command|cmdline|bash-session|shellsession|sh-session)$/;

export function readCall(name: string, input: unknown, shell: Shell): void {
  if (typeof input === 'string') {
    const parsed = asJson(input);
    if (parsed === undefined) readText(name, input, shell);
    else readCall(name, parsed, shell);
    return;
  }
  noteName(name, input, shell);
  readNamed(name, input, shell);
  const reader: Reader = { name, shell, left: maxNodes, powershell: powershellOf(name), root: input };
  readValue(reader, input, 0);
  if (reader.left <= 0) shell.facts.signs.set('unreadable', shell.place);
}

/** `kubectl {args}`, `{program, args}`: the command line in pieces. */
function readNamed(name: string, input: unknown, shell: Shell): void {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return;
  const fields = input as Fields;
  const program =
    text(programKeys.map((key) => fields[key]).find((value) => typeof value === 'string')) ??
    (commandNames(fields) ? undefined : programNames.exec(name)?.[1]?.replace('_', '-'));
  if (program === undefined) return;
  const given = fields['args'] ?? fields['arguments'] ?? fields['argv'] ?? fields['command'] ?? fields['subcommand'];
  const asShell = { ...shell, place: 'shell' as const };
  const host = text(fields['host']) ?? text(fields['hostname']);
  if (host !== undefined) startWords(['ssh', host, program, ...textsOf(given)], asShell);
  else if (Array.isArray(given)) startWords([program, ...textsOf(given)], asShell);
  else if (typeof given === 'string')
    readShell(given.startsWith(`${program} `) ? given : `${program} ${given}`, asShell);
  else startWords([program], asShell);
}

function commandNames(fields: Fields): boolean {
  return typeof fields['command'] === 'string' && Array.isArray(fields['args']);
}

function asJson(text: string): object | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Free text as input: a patch, code (Codex `exec` takes JavaScript), or shell. */
function readText(name: string, text: string, shell: Shell): void {
  if (/^\s*\*\*\* Begin Patch/.test(text) || /patch|diff/i.test(name)) {
    readPatch(text, shell);
    return;
  }
  const isCode =
    /^(?:exec|code|python|javascript|js|node|eval|repl|ipython|jupyter|code_interpreter|run_code|execute_code)$/i.test(
      name,
    ) || /\bawait\s+tools\.|^\s*(?:\/\/|import |const |let |from \w+ import|def |function |async )/.test(text);
  if (isCode) readCode(text, /python|jupyter/i.test(name) ? 'python' : 'javascript', shell, runs);
  if (!isCode || /^(?:exec|eval)$/i.test(name)) {
    const asShell = { ...shell, place: 'shell' as const };
    if (!isCode) readShellText(text, asShell, powershellOf(name));
  }
}

function readShellText(text: string, shell: Shell, powershell: Powershell): void {
  if (/^\s*\*\*\* Begin Patch/.test(text)) {
    readPatch(text, shell);
    return;
  }
  if (powershell === 'cmd') readPowershell(text, shell, runs, '^');
  else if (powershell) readPowershell(text, shell, runs);
  else {
    readShell(text, shell);
    if (looksLikePowershell(text)) readPowershell(text, inside(shell), runs);
  }
}

export function readPatch(text: string, shell: Shell): void {
  for (const { path, use, added } of patchedFiles(text)) {
    usePath(path, use, shell, added);
  }
}

function usePath(path: string, use: PathUse, shell: Shell, content: string | null = null): void {
  if (path === '' || path.length > 4_096) return;
  const resolved = resolvePath(path, shell.folder, shell.home);
  add(shell.facts.paths, { path: resolved, use, content, elsewhere: false, place: shell.place });
  if (use === 'write') noteContents(resolved, content, shell.facts, shell.place);
}

interface Reader {
  readonly name: string;
  readonly shell: Shell;
  left: number;
  readonly powershell: Powershell;
  /** The whole input: a request's parts may lie apart in it. */
  readonly root: unknown;
}

function readValue(reader: Reader, value: unknown, depth: number): void {
  if (value === null || typeof value !== 'object' || --reader.left <= 0) return;
  if (depth > 8) {
    reader.left = 0;
    return;
  }
  if (Array.isArray(value)) {
    for (const each of value as unknown[]) readValue(reader, each, depth + 1);
    return;
  }
  readFields(reader, value as Fields, depth);
}

function readFields(reader: Reader, fields: Fields, depth: number): void {
  const { name } = reader;
  const entries = Object.entries(fields).slice(0, 500);
  const keyed = new Map(entries.map(([key, value]) => [key.toLowerCase(), value]));
  let { shell } = reader;
  for (const key of folderKeys) {
    const folder = keyed.get(key);
    if (typeof folder === 'string' && folder !== '')
      shell = { ...shell, folder: resolvePath(folder, shell.folder, shell.home) };
  }
  const inner = { ...reader, shell };
  const asShell = { ...shell, place: 'shell' as const };
  const type = keyed.get('type');
  const verb = `${name} ${typeof type === 'string' ? type : ''} ${text(keyed.get('command')) && keyed.has('path') ? String(keyed.get('command')) : ''} ${text(keyed.get('operation')) ?? text(keyed.get('action')) ?? ''} ${text(keyed.get('method')) ?? ''}`;
  const deletes = deletingNames.test(verb) && ![...contentKeys].some((key) => text(keyed.get(key)) !== undefined);
  const reads = !deletes && readingNames.test(name) && !writingNames.test(verb);
  const writes = !deletes && (writingNames.test(verb) || (!reads && [...contentKeys].some((key) => keyed.has(key))));
  const isShell = shellNames.test(name);
  const content =
    [...contentKeys]
      .map(
        (key) =>
          text(keyed.get(key)) ?? (key === 'edits' && keyed.has('edits') ? shorten(keyed.get('edits')) : undefined),
      )
      .find((each) => each !== undefined) ?? null;
  for (const [key, value] of keyed) {
    if (--reader.left <= 0) return;
    if (
      (shellKeys.has(key) || commandKey.test(key)) &&
      !(
        key === 'command' &&
        keyed.has('path') &&
        /^(?:view|create|str_replace|insert|undo_edit|delete|rename)$/.test(text(value) ?? '')
      )
    )
      readCommand(key, value, keyed, asShell, reader.powershell);
    else if (
      (key === 'input' || key === 'text' || key === 'keys' || key === 'data') &&
      typeof value === 'string' &&
      (isShell || (typesText.test(name) && !/browser|playwright|puppeteer|page/i.test(name)))
    )
      readShellText(value, asShell, reader.powershell);
    if (
      codeKeys.has(key) &&
      typeof value === 'string' &&
      !(key === 'source' && (keyed.has('destination') || keyed.has('dest')))
    ) {
      const language =
        text(keyed.get('language')) ??
        text(keyed.get('lang')) ??
        (/python|jupyter|notebook/i.test(name) || key.startsWith('python')
          ? 'python'
          : /applescript|osascript/i.test(name) || key === 'applescript'
            ? 'applescript'
            : 'javascript');
      if (shellLanguages.test(language.toLowerCase())) readShellText(value, asShell, false);
      else if (/^powershell|^pwsh/i.test(language)) readPowershell(value, asShell, runs);
      else if (!(key === 'source' && isPathLike(value)) && !keyed.has('file_path') && !keyed.has('path'))
        readCode(value, language, shell, runs);
    }
    if (sqlKeys.has(key))
      for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
        if (typeof each === 'string' && looksLikeSql(each)) judgeSql(each, shell.facts, shell.place);
    if (key === 'query' && typeof value === 'string' && /\bdropDatabase|FLUSHALL/.test(value))
      judgeSql(value, shell.facts, shell.place);
    if (typeof value === 'string' && /^\s*(?:\*\*\* Begin Patch|diff --git |--- (?:a\/|\/dev\/null))/.test(value)) {
      readPatch(value, shell);
      continue;
    }
    if (pathKeys.has(key) && !(key === 'from' && !isPathLike(text(value) ?? ''))) {
      for (const path of textsOf(value)) {
        if (isUrl(path) || path.length > 1_000 || path.includes('\n')) continue;
        const moved = /move|rename/i.test(verb) && [...targetKeys].some((target) => keyed.has(target));
        const copied = /copy|cp\b/i.test(verb) && [...targetKeys].some((target) => keyed.has(target));
        if (moved) usePath(path, 'delete', shell);
        if (deletes)
          usePath(
            path,
            /dir|folder|recursive|tree/i.test(verb) || keyed.get('recursive') === true ? 'delete-tree' : 'delete',
            shell,
          );
        else if (writes && !moved && !copied && (isPathLike(path) || content !== null))
          usePath(path, 'write', shell, content);
        else usePath(path, 'read', shell);
      }
    } else if (targetKeys.has(key) && !reads) {
      for (const path of textsOf(value))
        if (!isUrl(path) && isPathLike(path) && !path.includes('@')) usePath(path, 'write', shell, content);
    }
    if (urlKeys.has(key)) readUrl(value, depth === 0 && !hasObjects(fields) ? keyed : parts(reader.root), verb, shell);
    if (!known(key) && !takesNotes.test(name)) readUnknown(value, asShell);
    if (
      typeof value === 'object' &&
      value !== null &&
      !shellKeys.has(key) &&
      !(key === 'files' && textsOf(value).length > 0)
    )
      readValue(inner, value, depth + 1);
    else if (
      (key === 'arguments' ||
        key === 'args' ||
        key === 'input' ||
        key === 'params' ||
        key === 'tool_input' ||
        key === 'parameters') &&
      typeof value === 'string'
    ) {
      const parsed = asJson(value);
      if (parsed !== undefined) readValue(inner, parsed, depth + 1);
    }
  }
  reader.left = Math.min(reader.left, inner.left);
}

/** What a key that nobody knows holds: told by its form. */
function readUnknown(value: unknown, shell: Shell): void {
  for (const each of textsOf(value)) {
    if (each.length > 20_000) continue;
    if (looksLikeCommand.test(each)) readShellText(each, shell, false);
    else if (looksLikeSql(each) && /\s/.test(each.trim())) judgeSql(each, shell.facts, shell.place);
    else if (/^(?:~|\/|\.env)/.test(each) && each.length < 300 && !/\s/.test(each)) {
      const path = resolvePath(each, shell.folder, shell.home);
      if (credentialAt(path, shell.home) !== null) usePath(path, 'read', shell);
    }
  }
}

function known(key: string): boolean {
  return (
    shellKeys.has(key) ||
    codeKeys.has(key) ||
    sqlKeys.has(key) ||
    pathKeys.has(key) ||
    urlKeys.has(key) ||
    talk.test(key)
  );
}

const hasObjects = (fields: Fields): boolean =>
  Object.values(fields).some((value) => value !== null && typeof value === 'object');

/** The fields of an input at any depth, by their keys. */
function parts(root: unknown): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (value: unknown, depth: number): void => {
    if (value === null || typeof value !== 'object' || depth > 5 || found.size > 300) return;
    for (const [key, child] of Object.entries(value)) {
      const name = key.toLowerCase();
      if (!found.has(name)) found.set(name, child);
      visit(child, depth + 1);
    }
  };
  visit(root, 0);
  return found;
}

function readCommand(
  key: string,
  value: unknown,
  keyed: ReadonlyMap<string, unknown>,
  shell: Shell,
  powershell: Powershell,
): void {
  if (typeof value === 'string') {
    const args = keyed.get('args') ?? keyed.get('arguments') ?? keyed.get('argv');
    if (
      Array.isArray(args) &&
      args.every((arg) => typeof arg === 'string' || typeof arg === 'number') &&
      !/\s/.test(value.trim())
    )
      startWords([value, ...args.map(String)], shell);
    else readShellText(value, shell, powershell);
  } else if (Array.isArray(value)) {
    const words = value.filter((each) => typeof each === 'string');
    const lines = /(?:commands|cmds|lines)$/.test(key) || words.every((word) => /\s/.test(word.trim()));
    // `["bash", "-lc", "…"]` is one command; `["ls -la", "git status"]` are several.
    if (lines) for (const line of words) readShellText(line, shell, powershell);
    else if (words.length > 0 && words.length === value.length) {
      startWords(words, shell);
      if (words.some((word, i) => i === 0 && /\s/.test(word)))
        for (const line of words) readShellText(line, inside(shell), powershell);
    } else
      for (const each of value)
        if (each !== null && typeof each === 'object')
          readValue({ name: 'shell', shell, left: 200, powershell, root: each }, each, 2);
  } else if (value !== null && typeof value === 'object')
    readValue({ name: 'shell', shell, left: 500, powershell, root: value }, value, 2);
}

function startWords(words: readonly string[], shell: Shell): void {
  runs.start(
    { words, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
    shell,
    runs,
  );
}

function readUrl(value: unknown, keyed: ReadonlyMap<string, unknown>, verb: string, shell: Shell): void {
  for (const address of textsOf(value)) {
    if (!isUrl(address)) {
      if (/^(?:169\.254\.|metadata\.)/.test(address))
        add(shell.facts.hosts, {
          host: hostOf(address),
          address,
          bytes: 0,
          sends: 'nothing',
          how: 'http',
          elsewhere: false,
          place: shell.place,
        });
      continue;
    }
    if (/^file:/i.test(address)) {
      usePath(address, 'read', shell);
      continue;
    }
    const method = (text(keyed.get('method')) ?? text(keyed.get('http_method')) ?? '').toUpperCase();
    const body = [...bodyKeys]
      .map((key) => keyed.get(key))
      .find((each) => each !== undefined && each !== null && each !== '');
    const posts =
      /^(?:POST|PUT|PATCH)$/.test(method) || (/post|upload|send|webhook|put/i.test(verb) && body !== undefined);
    const file = keyed.has('file') || keyed.has('files') || keyed.has('file_path') || /upload/i.test(verb);
    const carried = posts ? 0 : dataIn(address);
    const bytes = posts ? (typeof body === 'string' ? body.length : null) : carried;
    add(shell.facts.hosts, {
      host: hostOf(address),
      address,
      bytes,
      sends: posts ? (file ? 'file' : 'text') : carried > 0 ? 'text' : 'nothing',
      how: 'http',
      elsewhere: false,
      place: shell.place,
    });
  }
}

/** Bytes of encoded text in an address: a way to send data with a download. */
function dataIn(address: string): number {
  for (const [, value = ''] of address.matchAll(/[?&/=]([A-Za-z0-9+_-]{48,4000})={0,2}(?=$|[&#/])/g)) {
    const decoded = /^[0-9a-f]+$/i.test(value) ? null : fromBase64(value);
    if (decoded !== null && /^[\x09\x0a\x0d\x20-\x7e]+$/.test(decoded) && !/^[{[]/.test(decoded)) return value.length;
  }
  return 0;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function shorten(value: unknown): string {
  const all: string[] = [];
  const visit = (each: unknown, depth: number): void => {
    if (typeof each === 'string') all.push(each);
    else if (each !== null && typeof each === 'object' && depth < 4 && all.length < 200)
      for (const child of Object.values(each)) visit(child, depth + 1);
  };
  visit(value, 0);
  return all.join('\n');
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string').slice(0, 200) : [];
}

function isPathLike(value: string): boolean {
  return (
    value.length < 1_000 &&
    !/[\n<>|]/.test(value) &&
    (/^(?:[~./\\]|[a-z]:[\\/])/i.test(value) || /^[\w@.+-]+(?:[\\/][\w@.+ -]+)*(?:\.\w{1,10})?$/.test(value))
  );
}
