// Shell text to facts: walks what the parser found, follows variables, functions, pipes and substitutions.
// Longer than most files: one case for each kind of syntax node.

import { parse } from 'unbash';
import type {
  Command as CommandNode,
  CompoundList,
  ParsedScript,
  Redirection,
  Statement,
  SyntaxNode,
  Word,
} from 'unbash';
import { add, spend, type Command } from './facts.ts';
import { noteContents } from './contents.ts';
import { emptiedSet } from './find-roots.ts';
import { noteUnknown } from './feeding.ts';
import { noteFetchedTarget } from './fetched.ts';
import { resolvePath } from './paths.ts';
import { start } from './programs.ts';
import { own, inside, maxDepth, type Flow, type Runs, type Shell, type Start } from './shell-state.ts';
import { looseCommands } from './loose-commands.ts';
import { fieldsOf, partsValue, valueOf } from './shell-words.ts';

const nothing: Flow = { text: null, commands: [] };

/** Longer text is judged on this much of it, and asks. */
export const maxSource = 65_536;

/** Reads shell text in `shell`; what it prints, where that is known. */
export function readShell(source: string, shell: Shell, input: Flow = nothing): Flow {
  if (shell.depth > maxDepth || !spend(shell.facts, 4 + Math.min(source.length, maxSource) / 64, shell.place)) {
    shell.facts.signs.set('unreadable', shell.place);
    return nothing;
  }
  let text = source;
  if (text.length > maxSource) {
    text = text.slice(0, maxSource);
    shell.facts.signs.set('unreadable', shell.place);
  }
  const script = parse(text);
  const flow = walkScript(script, shell, input);
  if (script.errors !== undefined && script.errors.length > 0) readLoosely(text, shell);
  return flow;
}

/** The parser gave up somewhere: what it skipped is judged word by word. */
function readLoosely(text: string, shell: Shell): void {
  // A quote that never ends may hide the rest: the second reading takes no notice of quotes.
  for (const words of [...looseCommands(text), ...looseCommands(text.replace(/["'`]/g, ' '))]) {
    if (!spend(shell.facts, 2 + words.length, shell.place)) return;
    start(startOf(words, shell), shell, runs);
  }
}

function startOf(words: readonly string[], shell: Shell): Start {
  return { words, input: nothing, variables: [], disguised: false, folder: shell.folder };
}

function walkScript(script: ParsedScript, shell: Shell, input: Flow): Flow {
  const flow = walkStatements(script.commands, shell, input);
  // A function that nobody called yet may still be: by a trap, or by the next command of the session.
  for (const [name, body] of shell.functions) {
    if (shell.called.has(name)) continue;
    shell.called.add(name);
    walk(body, inside(shell), nothing);
  }
  return flow;
}

function walkStatements(statements: readonly Statement[], shell: Shell, input: Flow): Flow {
  let text: string | null = '';
  const commands: Command[] = [];
  for (const statement of statements) {
    const flow = walk(statement.command, shell, input);
    text = text === null || flow.text === null ? null : text + flow.text;
    commands.push(...flow.commands);
  }
  return { text: statements.length === 0 ? null : text, commands };
}

function walk(node: SyntaxNode, shell: Shell, input: Flow): Flow {
  if (!spend(shell.facts, 1, shell.place)) return nothing;
  switch (node.type) {
    case 'Command':
      return walkCommand(node, shell, input);
    case 'Pipeline': {
      let flow = input;
      const commands: Command[] = [];
      for (const each of node.commands) {
        flow = walk(each, node.commands.length > 1 ? inside(shell) : shell, flow);
        commands.push(...flow.commands);
        flow = { text: flow.text, commands: [...commands] };
      }
      return flow;
    }
    case 'AndOr':
      return walkAll(node.commands, shell, input);
    case 'CompoundList':
      return walkStatements(node.commands, shell, input);
    case 'Subshell':
      return walkStatements(node.body.commands, inside(shell), input);
    case 'BraceGroup':
      return walkStatements(node.body.commands, shell, input);
    case 'If':
      return walkAll(
        [
          node.clause,
          node.then,
          ...node.elif.flatMap((each) => [each.clause, each.then]),
          ...(node.else ? [node.else] : []),
        ],
        shell,
        input,
      );
    case 'While':
      return walkAll([node.clause, node.body], shell, input);
    case 'For':
    case 'Select':
      return walkFor(node.name.value, node.wordlist, node.body, shell, input);
    case 'ArithmeticFor':
      return walkStatements(node.body.commands, shell, input);
    case 'Case': {
      valueOf(node.word, shell, substitute);
      return walkAll(
        node.items.map((item) => item.body),
        shell,
        input,
      );
    }
    case 'Redirected': {
      const fed = redirected(node.redirects, shell, input);
      const flow = walk(node.command, shell, fed.input);
      writeDown(fed.target, flow.text, shell);
      return fed.target === null ? flow : nothing;
    }
    case 'Function': {
      const name = node.name.value;
      if (callsItselfTwice(name, node.body)) shell.facts.signs.set('fork-bomb', shell.place);
      own(shell, 'functions').set(name, node.body);
      return nothing;
    }
    case 'Coproc':
      return walk(node.body, inside(shell), input);
    case 'TestCommand':
    case 'ArithmeticCommand':
      substitutionsIn(node, shell);
      return nothing;
    default:
      return nothing;
  }
}

function walkAll(nodes: readonly SyntaxNode[], shell: Shell, input: Flow): Flow {
  let text: string | null = '';
  const commands: Command[] = [];
  for (const node of nodes) {
    const flow = walk(node, shell, input);
    text = text === null || flow.text === null ? null : text + flow.text;
    commands.push(...flow.commands);
  }
  return { text, commands };
}

/** Without words, a loop runs over the arguments: `sh -c 'for f; do …' _ {}`. */
function walkFor(
  name: string,
  words: readonly Word[] | undefined,
  body: CompoundList,
  shell: Shell,
  input: Flow,
): Flow {
  const values = (words?.flatMap((word) => fieldsOf(word, shell, substitute)) ?? shell.positional).slice(0, 12);
  const commands: Command[] = [];
  let text: string | null = '';
  for (const value of values.length === 0 ? [null] : values) {
    if (value === null) own(shell, 'variables').delete(name);
    else own(shell, 'variables').set(name, value);
    const flow = walkStatements(body.commands, shell, input);
    text = text === null || flow.text === null ? null : text + flow.text;
    commands.push(...flow.commands);
  }
  return { text, commands };
}

/** `:(){ :|:& };:`: a function that starts itself more than once, or in the background. */
function callsItselfTwice(name: string, body: SyntaxNode): boolean {
  let calls = 0;
  let visited = 0;
  const visit = (node: SyntaxNode, background: boolean): void => {
    if (++visited > 500) return;
    if (node.type === 'Command') {
      if (node.name?.value === name) calls += background ? 2 : 1;
    } else if (node.type === 'Pipeline') node.commands.forEach((each) => visit(each, true));
    else if (node.type === 'AndOr') node.commands.forEach((each) => visit(each, background));
    else if (node.type === 'Statement') visit(node.command, background || node.background === true);
    else if (node.type === 'CompoundList') node.commands.forEach((each) => visit(each, background));
    else if (node.type === 'BraceGroup' || node.type === 'Subshell') visit(node.body, background);
    else if (node.type === 'While') visit(node.body, background);
  };
  visit(body, false);
  return calls > 1;
}

function substitutionsIn(node: SyntaxNode, shell: Shell): void {
  const words: Word[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (value === null || typeof value !== 'object' || depth > 8) return;
    if ('type' in value && value.type === 'Word') words.push(value as Word);
    else if (
      'type' in value &&
      value.type === 'ArithmeticCommandExpansion' &&
      'script' in value &&
      value.script !== undefined
    )
      substitute(value.script as ParsedScript, shell);
    else for (const child of Object.values(value)) visit(child, depth + 1);
  };
  visit(node, 0);
  for (const word of words) fieldsOf(word, shell, substitute);
}

function substitute(script: ParsedScript, shell: Shell): string | null {
  if (shell.depth > maxDepth) {
    shell.facts.signs.set('unreadable', shell.place);
    return null;
  }
  const flow = walkScript(script, inside(shell), nothing);
  if ((script.errors?.length ?? 0) > 0 && script.source !== undefined) readLoosely(script.source, shell);
  return flow.text === null ? null : flow.text.replace(/\n+$/, '');
}

function walkCommand(node: CommandNode, shell: Shell, input: Flow): Flow {
  const variables: [string, string][] = [];
  for (const part of node.prefix) {
    if (part.type !== 'Assignment') continue;
    const elements =
      part.value.type === 'Word' ? null : part.value.elements.flatMap((word) => fieldsOf(word, shell, substitute));
    const before = part.append === true ? (shell.arrays.get(part.name) ?? []) : [];
    if (elements !== null) shell.arrays.set(part.name, [...before, ...elements].slice(0, 256));
    const value = part.value.type === 'Word' ? valueOf(part.value, shell, substitute) : (elements?.join(' ') ?? '');
    variables.push([part.name, part.append === true ? (shell.variables.get(part.name) ?? '') + value : value]);
  }
  const words = node.name === undefined ? [] : fieldsOf(node.name, shell, substitute);
  for (const part of node.suffix) {
    if (part.type === 'Word') words.push(...fieldsOf(part, shell, substitute));
    else if (part.type === 'Assignment')
      words.push(`${part.name}=${part.value.type === 'Word' ? valueOf(part.value, shell, substitute) : ''}`);
  }
  const sockets = shell.facts.hosts.length;
  const redirects = node.redirects.length === 0 ? { input, target: null } : redirected(node.redirects, shell, input);
  if (words.length === 0) {
    for (const [name, value] of variables) own(shell, 'variables').set(name, value);
    if (variables.length > 0) start({ ...startOf([''], shell), variables }, shell, runs);
    return { text: '', commands: [] };
  }
  if (shell.facts.hosts.length > sockets && words.some((word) => /(?:^|\/)(?:ba|z|da|k)?sh$/.test(word)))
    shell.facts.signs.set('reverse-shell', shell.place);
  let disguised = node.name !== undefined && isDisguised(node.name.text, words[0] ?? '');
  const hollow = words[0]?.includes('$') === true ? words[0].replace(emptied, '') : words[0];
  if (hollow !== undefined && hollow !== words[0] && /^[\w/.-]+$/.test(hollow)) {
    disguised = true;
    words[0] = hollow;
  }
  noteSource(node, words, shell);
  const flow = start({ words, input: redirects.input, variables, disguised, folder: shell.folder }, shell, runs);
  writeDown(redirects.target, flow.text, shell);
  if (redirects.target !== null && flow.text === null) noteFetchedTarget(redirects.target.path, flow, shell);
  return redirects.target === null ? flow : { text: '', commands: flow.commands };
}

/** `c${x}at`, `w$@get`: variables that are empty inside a name. */
const emptied = /(?<=\w)(?:\$\{\w+\}|\$[@*0-9!]|\$\{[@*]\})+(?=\w)/g;
const runsItsWords =
  /^(?:eval|source|\.|(?:\/\S*\/)?(?:ba|z|da|k)?sh|python[\d.]*|node|perl|ruby|php|exec|sudo|env|iex)$/;

/** Text that a substitution fetches, decodes or makes up, run as a command. */
function noteSource(node: CommandNode, words: readonly string[], shell: Shell): void {
  const name = words[0] ?? '';
  const runs = runsItsWords.test(name);
  for (const word of runs ? [node.name, ...node.args] : [node.name])
    if (word?.type === 'Word') noteUnknown(word.text, shell);
  if (runs)
    for (const redirect of node.redirects)
      if (redirect.type !== 'HereDoc' && redirect.target !== undefined) noteUnknown(redirect.target.text, shell);
  // What variables stand for.
  for (const word of runs ? words : [name]) noteUnknown(word, shell);
}

/** A name with quotes, escapes or patterns inside it, where plain letters would do. */
function isDisguised(written: string, value: string): boolean {
  if (written === value && /^[\w./:@%+-]+$/.test(written)) return false;
  if (written === value) return /[?*[]/.test(written) && /^[/\w.?*[\]-]+$/.test(written) && written.length > 1;
  if (/^(?:'[^']*'|"[^"$`\\]*"|\\[\w.-]+)$/.test(written)) return false;
  if (written.includes("$'")) return true;
  if (/\$\{?IFS\b/.test(written)) return true;
  if (/^\$\((?:which|command -v|type -p) /.test(written)) return false;
  if (/^"?\$\{?\w+\}?"?$/.test(written)) return false;
  if (
    /\w(?:"[^"$]*"|'[^']*'|\\)\w|^(?:"\w+"|'\w+')\w|\w(?:"\w+"|'\w+')$|\w(?:""|'')\w|\w\$[@*]|\w\\\w/.test(written) &&
    !written.includes('/')
  )
    return true;
  if (/[\w/](?:"[^"$]*"|'[^']*'|\\|\$[@*1-9])\w/.test(written) && !/\$/.test(written)) return true;
  if (/^\$\(.*\)$|^`.*`$/s.test(written)) return !/[$`/]/.test(value);
  return (
    /\$\{?\w+(?::\d+:\d+)\}?/.test(written) || (/\$\w+\w*\$|\$\{\w+\}\$\{?\w/.test(written) && !written.includes('/'))
  );
}

interface Redirected {
  readonly input: Flow;
  /** The file that takes the standard output. */
  readonly target: { readonly path: string; readonly appends: boolean } | null;
}

function redirected(redirects: readonly Redirection[], shell: Shell, input: Flow): Redirected {
  let flow = input;
  let target: Redirected['target'] = null;
  for (const redirect of redirects) {
    if (redirect.type === 'HereDoc') {
      const { parts, text } = redirect.body;
      flow = { text: parts === undefined ? text : partsValue(parts, shell, substitute), commands: [] };
    } else if (redirect.target === undefined) continue;
    else if (redirect.type === 'HereString')
      flow = { text: `${valueOf(redirect.target, shell, substitute)}\n`, commands: [] };
    else {
      const written = valueOf(redirect.target, shell, substitute);
      if ((redirect.operator.endsWith('&') && /^(?:\d+|-|\$.*)$/.test(written)) || /^<\(|^>\(/.test(written)) continue;
      const path = resolvePath(written, shell.folder, shell.home);
      const reads = redirect.operator === '<';
      if (reads) {
        flow = {
          text: shell.files.get(path) ?? null,
          commands: path.startsWith('/dev/') ? [] : [fileAsFeeder(path, shell)],
        };
      } else if (redirect.descriptor?.type !== 'FileDescriptor' || redirect.descriptor.value === 1)
        target = { path, appends: redirect.operator.endsWith('>>') };
      if (/^\/dev\/(?:tcp|udp)\//.test(path)) {
        const [, , , host = '', port = ''] = path.split('/');
        add(shell.facts.hosts, {
          host: host.toLowerCase(),
          address: `${host}:${port}`,
          bytes: null,
          sends: reads ? 'nothing' : 'output',
          how: 'socket',
          elsewhere: shell.elsewhere,
          place: shell.place,
        });
        continue;
      }
      add(shell.facts.paths, {
        path,
        use: reads ? 'read' : 'write',
        content: null,
        elsewhere: shell.elsewhere,
        place: shell.place,
      });
    }
  }
  return { input: flow, target };
}

/** `< file` feeds a command as `cat file |` does. */
function fileAsFeeder(path: string, shell: Shell): Command {
  return {
    name: '<',
    args: [path],
    input: null,
    feeders: [],
    variables: [],
    folder: shell.folder,
    elevated: shell.elevated,
    elsewhere: shell.elsewhere,
    disguised: false,
    wraps: true,
    place: shell.place,
  };
}

/** What a command prints into a file may be run from there later in the same text. */
function writeDown(target: Redirected['target'], text: string | null, shell: Shell): void {
  if (target === null || text === null || shell.files.size > 100) return;
  // A loop that empties every file it comes to.
  noteContents(target.path, text, shell.facts, shell.place);
  const emptied = text === '' && !target.appends ? emptiedSet(target.path, shell.folder) : null;
  if (emptied !== null)
    add(shell.facts.paths, {
      path: resolvePath(emptied, shell.folder, shell.home),
      use: 'delete-tree',
      content: null,
      elsewhere: shell.elsewhere,
      place: shell.place,
    });
  shell.files.set(target.path, ((target.appends ? shell.files.get(target.path) : undefined) ?? '') + text);
}

/** What `start` needs of the shell to follow a command into further shell text. */
export const runs: Runs = { readShell, walk, start };
