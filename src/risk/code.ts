// Programs in other languages: the calls that start programs, touch files or reach hosts, with the arguments that are
// written out. No parser: one pass of tokens that all these languages share (names, strings, brackets).
// Longer than most files: one pass, and the tables it reads.

import { callsOf, literals, unescapeLiteral, type Call } from './code-calls.ts';
import { fetchesFromNet, noteShapes } from './code-shapes.ts';
import { credentialAt } from './credentials.ts';
import { variablesPrinted } from './environment.ts';
import { add, spend } from './facts.ts';
import { note } from './fetched.ts';
import { noteUnknown } from './feeding.ts';
import { hostOf, isUrl } from './hosts.ts';
import { resolvePath } from './paths.ts';
import { aliasesIn, plainly } from './plain-code.ts';
import { unescape } from './printed.ts';
import { inside, type Runs, type Shell } from './shell-state.ts';
import { judgeSql, looksLikeSql } from './sql.ts';

const maxCode = 65_536;

const runsText =
  /(?:^|[.:])(?:system|popen[234]?|getoutput|getstatusoutput|exec|execSync|execFile|execFileSync|execa|execaCommand|spawn|spawnSync|shell_exec|passthru|proc_open|run|call|check_call|check_output|Popen|capture[23]e?|popen2e|pipeline|exec_command|shell_command|run_command|run_terminal_cmd|shell|bash|local_shell|Command|ProcessBuilder|cmd|create_subprocess_shell|create_subprocess_exec|execute|Start|sh|zx|posix_spawn|execvp?e?|execlp?e?|spawnvp?e?|spawnlp?e?|startfile|command|sudo|do_shell_script|write_stdin)$/;
const deletesTree =
  /(?:^|[.:])(?:rmtree|rm_rf|rm_r|remove_dir_all|RemoveAll|emptyDirSync|emptyDir|rimraf|rimrafSync|deleteDirectory|remove_entry_secure|remove_tree|deltree|deleteRecursively|removeItem|cleanDirectory)$/;
const deletesFile =
  /(?:^|[.:])(?:rm|rmSync|removeSync|unlink|unlinkSync|rmdir|rmdirSync|removedirs|remove_file|Remove|deleteIfExists|delete_file)$|^remove$|(?:^|\.)(?:os|fs|fsp|fse|promises|Deno|path|io|shutil|File|Files|FileUtils|unlink|o|sftp|pathlib)\.remove$/;
const writesFile =
  /(?:^|[.:])(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|outputFile|outputFileSync|write_text|write_bytes|file_put_contents|WriteFile|AppendAllText|WriteAllText|writeTextFile|WriteString|copyFile|copyFileSync|symlink|symlinkSync)$/;
const readsFile =
  /(?:^|[.:])(?:readFile|readFileSync|createReadStream|read_text|read_bytes|file_get_contents|ReadFile|ReadAllText|readTextFile|read_to_string|readlines|read|Open|open|File)$/;
const sendsData =
  /(?:^|[.:])(?:post|put|patch|Post|PostForm|post_form|urlopen|sendBeacon|upload|upload_file|upload_fileobj|put_object|storbinary)$/;
const connects =
  /(?:^|[.:])(?:fetch|get|request|Request|urlretrieve|connect|Get|create_connection|createConnection|WebSocket|Dial|TCPSocket|new|head|download)$/;

/** Reads source text of any language; `language` may be wrong. */
export function readCode(source: string, language: string, shell: Shell, runs: Runs): void {
  const { facts, place } = shell;
  const text = plainly(source.slice(0, maxCode));
  if (source.length > maxCode) facts.signs.set('unreadable', place);
  if (shell.depth > 12 || !spend(facts, 4 + text.length / 400, place)) return;
  if (/^(?:sql|psql|mysql|sqlite|plsql|tsql)$/i.test(language)) {
    judgeSql(text, facts, place);
    return;
  }
  noteCommandsAsText(text, language, shell, runs);
  const named = new Map<string, string>();
  for (const [, name = '', , value = ''] of text.matchAll(
    /(?:^|[\s;{(])(?:(?:const|let|var|my|our|local|def|string|auto)\s+)?\$?([A-Za-z_]\w{0,60})\s*(?::\s*\w+\s*)?:?=\s*(["'`])((?:(?!\2)[^\\\n]|\\.){0,4000})\2/g,
  )) {
    if (named.size < 200) named.set(name, unescapeLiteral(value));
  }
  if (/^\s*[$<]\(/.test(text)) noteUnknown(text.slice(0, 400), shell);
  noteShapes(source.slice(0, maxCode), shell);
  if (text !== source) noteShapes(text, shell);
  noteCredentials(text, shell);
  if (place !== 'code') {
    const variable = variablesPrinted(source.slice(0, maxCode), false);
    if (variable !== null) add(facts.credentials, { name: variable, place });
  }
  const fetching = fetchesFromNet(text);
  const aliases = aliasesIn(text);
  for (const call of callsOf(text, named)) {
    if (!spend(facts, 1, place)) return;
    judgeCall(renamed(call, aliases), shell, runs, fetching);
  }
  // `` `cmd` `` and `%x(cmd)` start programs in Ruby, Perl and PHP; `$`cmd`` does in Bun and zx.
  const ticks = /^(?:ruby|perl|php|rb|pl)$/.test(language)
    ? /(?:`([^`\n]{1,4000})`|%x[({[]([^)}\]\n]{1,4000})[)}\]])/g
    : /(?:^|[^\w$])(?:Bun\.)?\$`([^`]{1,4000})`/g;
  for (const match of text.matchAll(ticks)) run(match[1] ?? match[2] ?? '', shell, runs);
  if (language === 'applescript' || /do shell script/.test(text)) {
    for (const [, command = ''] of text.matchAll(/do shell script\s+"((?:[^"\\]|\\.)*)"/g))
      run(unescape(command).replaceAll('\\"', '"'), shell, runs);
  }
  for (const [, name = ''] of text.matchAll(/["']?\b(?:cmd|command)["']?\s*:\s*([A-Za-z_$][\w$]*)\s*[,}]/g)) {
    const value = named.get(name);
    if (value !== undefined) run(value, shell, runs);
  }
  for (const [, , patch = ''] of text.matchAll(/(["'`])(\*\*\* Begin Patch(?:(?!\1)[^\\]|\\[\s\S]){1,40000})\1/g))
    runs.start(
      {
        words: ['apply_patch', unescapeLiteral(patch)],
        input: { text: null, commands: [] },
        variables: [],
        disguised: false,
        folder: shell.folder,
      },
      inside(shell),
      runs,
    );
  // Codex hands tool calls over as code: tools.exec_command({ cmd: "…" }).
  for (const [, , command = ''] of text.matchAll(
    /["']?\b(?:cmd|command|chars)["']?\s*:\s*(["'`])((?:(?!\1)[^\\]|\\[\s\S]){1,20000})\1/g,
  ))
    run(unescapeLiteral(command), shell, runs);
  for (const [, list = ''] of text.matchAll(/["']?\b(?:cmd|command)["']?\s*:\s*\[([^\]]{1,4000})\]/g)) {
    const words = literals(list);

    if (words.length > 0)
      runs.start(
        { words, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
        inside(shell),
        runs,
      );
  }
  for (const [, written = ''] of text.matchAll(
    /\b(?:unlink|rmtree|rmdir|remove_tree|rm_rf|rm_r|delete-directory|delete-file|file\s+delete(?:\s+-force)?(?:\s+--)?)\s+(?:for\s+)?(?:glob\s*\(?\s*)?["'<]?([~/.][^"'>\s;)]{0,300})/g,
  ))
    add(facts.paths, {
      path: resolvePath(written, shell.folder, shell.home),
      use: /^(?:~|\/)/.test(written) ? 'delete-tree' : 'delete',
      content: null,
      elsewhere: shell.elsewhere,
      place,
    });
  if (/\bsystem\s+["']|\bexec\s+["']/.test(text)) {
    for (const [, , command = ''] of text.matchAll(/\b(?:system|exec)\s+(["'])((?:(?!\1)[^\\\n]|\\.){1,4000})\1/g))
      run(unescapeLiteral(command), shell, runs);
  }
}

/** Commands that are no call: recipes of a Makefile, `"…".execute()` in Groovy, `"…".!` in Scala, `.Run "…"` in VBScript. */
function noteCommandsAsText(text: string, language: string, shell: Shell, runs: Runs): void {
  if (/^(?:make|makefile|mk)$/i.test(language))
    for (const [, recipe = ''] of text.matchAll(/^\t[@+-]*(.+)$/gm)) run(recipe, shell, runs);
  for (const [, command = ''] of text.matchAll(/"([^"\\\n]{1,400})"\.(?:execute\(\)|!!?(?:$|[\s;)]))/g))
    run(command, shell, runs);
  if (text.includes('WScript') || /^vb/i.test(language))
    for (const [, command = ''] of text.matchAll(/\.(?:Run|Exec)\s*\(?\s*"([^"\n]{1,400})"/gi))
      run(command.replace(/^cmd(?:\.exe)? \/c /i, ''), shell, runs);
}

/** Texts that are the path of a credential, wherever they stand. */
function noteCredentials(text: string, shell: Shell): void {
  for (const [whole] of text.matchAll(/(["'`])[^"'`\n]{1,300}\1(?:\s*[/+,]\s*(["'`])[^"'`\n]{1,200}\2){0,6}/g)) {
    if (!/[~/\\.]/.test(whole)) continue;
    const joined = [...whole.matchAll(/(["'`])([^"'`\n]*)\1/g)].map((match) => match[2] ?? '');
    for (const written of joined.length > 1 ? [joined.join('/'), ...joined] : joined) {
      const path = resolvePath(written, shell.folder, shell.home);
      if (credentialAt(path, shell.home) !== null && path.includes('/'))
        add(shell.facts.paths, { path, use: 'read', content: null, elsewhere: shell.elsewhere, place: shell.place });
    }
  }
}

function renamed(call: Call, aliases: ReadonlyMap<string, string>): Call {
  if (aliases.size === 0) return call;
  const dot = call.name.search(/\.|::/);
  const head = dot === -1 ? call.name : call.name.slice(0, dot);
  const target = aliases.get(head);
  return target === undefined ? call : { ...call, name: target + (dot === -1 ? '' : call.name.slice(dot)) };
}

/** `fetching`: the program asks another machine for something, which the files that it writes may hold. */
function judgeCall(call: Call, shell: Shell, runs: Runs, fetching: boolean): void {
  const { name, args, source } = call;
  const { facts, place } = shell;
  const [first] = args;
  const pathFact = (written: string, use: 'read' | 'write' | 'delete' | 'delete-tree'): void =>
    add(facts.paths, {
      path: resolvePath(written, shell.folder, shell.home),
      use,
      content: null,
      elsewhere: shell.elsewhere,
      place,
    });
  const texts = args.filter((arg) => typeof arg === 'string');
  const downloaded = (path: string): void => {
    if (fetching) note(shell, path, shell.folder);
  };
  const subject = /^(?:Path|pathlib\.Path|PurePath)$/.test(name) ? null : typeof first === 'string' ? first : null;
  if (/(?:^|[.:])Start$/.test(name) && texts.length === 2) {
    run(texts.join(' '), shell, runs);
    return;
  }
  if (/Directory\.Delete$/.test(name) && subject !== null) pathFact(subject, 'delete-tree');
  if (/(?:^|[.:])sete?uid$/.test(name) && /^\s*0\b/.test(source)) startWords(['sudo', '-i'], shell, runs);
  if (runsText.test(name)) {
    if (/(?:^|\.)execute(?:many|script)?$/.test(name) && subject !== null && looksLikeSql(subject))
      judgeSql(subject, facts, place);
    else if (Array.isArray(first)) startWords(first as string[], shell, runs);
    else if (subject !== null) {
      const second = args[1];
      const listed = /\bargs\s*:\s*\[([^\]]{0,2000})\]/.exec(source)?.[1];
      if (Array.isArray(second)) startWords([subject, ...(second as string[])], shell, runs);
      else if (listed !== undefined && !/\s/.test(subject)) startWords([subject, ...literals(listed)], shell, runs);
      else if (
        texts.length > 1 &&
        /(?:^|[.:])(?:Command|ProcessBuilder|exec[lv]p?e?|spawn[lv]p?e?|Start|execFile|execFileSync|system)$/.test(
          name,
        ) &&
        !/\s/.test(subject)
      )
        startWords(texts, shell, runs);
      else if (!/^(?:re|regex|pattern)\.|RegExp|\.(?:match|test)$/.test(name)) run(subject, shell, runs);
    }
    return;
  }
  if (
    /(?:^|\.)(?:executemany|executescript|query|raw|rawQuery|\$executeRawUnsafe|execute_sql)$/.test(name) &&
    subject !== null &&
    looksLikeSql(subject)
  )
    judgeSql(subject, facts, place);
  if (subject === null) return;
  if (isUrl(subject) && texts[1] !== undefined && /(?:urlretrieve|[dD]ownload\w*|getstore|copyURLToFile)$/.test(name))
    note(shell, texts[1], shell.folder);
  if (
    deletesTree.test(name) ||
    (/(?:^|\.)(?:unlink|rm)$/.test(name) && /recursive\s*=\s*(?:TRUE|T\b|true)/.test(source))
  )
    pathFact(subject, 'delete-tree');
  else if (deletesFile.test(name) && !isUrl(subject) && /[\\/.~]/.test(subject) && subject.length < 500)
    pathFact(subject, /recursive["']?\s*:\s*true/.test(source) ? 'delete-tree' : 'delete');
  else if (writesFile.test(name)) {
    downloaded(subject);
    pathFact(/^copyFile|^.*symlink/.test(name) ? (texts[1] ?? subject) : subject, 'write');
  } else if (sendsData.test(name) && isUrl(subject)) addHost(subject, source, shell);
  else if (connects.test(name) && isUrl(subject)) {
    if (/document\.cookie|localStorage|sessionStorage/.test(source)) addHost(subject, `${source} readFile(`, shell);
    if (/method["']?\s*[:=]\s*["'](?:POST|PUT|PATCH)/i.test(source) || /^["']?(?:POST|PUT)/.test(subject))
      addHost(subject, source, shell);
    else
      add(facts.hosts, {
        host: hostOf(subject),
        address: subject,
        bytes: 0,
        sends: 'nothing',
        how: 'http',
        elsewhere: shell.elsewhere,
        place,
      });
  } else if (/(?:^|[.:])(?:open|fopen|File\.open|Open|OpenFile|file)$/.test(name)) {
    const writes = /^[wax]|^r?\+|[wa]\+?b?$/.test(texts[1] ?? '') && texts[1] !== 'r';
    if (writes) downloaded(subject);
    pathFact(subject, writes ? 'write' : 'read');
  } else if (readsFile.test(name) && /[\\/.~]/.test(subject) && !isUrl(subject)) pathFact(subject, 'read');
  else if (/(?:^|\.)chmod$/.test(name)) {
    const mode = /,\s*0?o?([0-7]{3,4})\b/.exec(source)?.[1];
    if (mode !== undefined) startWords(['chmod', mode, subject], shell, runs);
  } else if (/(?:^|\.)(?:rename|move|copyfile|copy|copytree|renameSync|cpSync)$/.test(name) && texts[1] !== undefined) {
    pathFact(subject, 'read');
    pathFact(texts[1], 'write');
  }
}

function addHost(address: string, source: string, shell: Shell): void {
  const file =
    /\bopen\s*\(|readFile|read_text|read_bytes|files\s*=|createReadStream|os\.environ\b(?!\s*[.[]\s*(?:get|["']))|process\.env\b(?!\s*[.[])|file_get_contents|getenv\(\)/.test(
      source,
    );
  add(shell.facts.hosts, {
    host: hostOf(address),
    address,
    bytes: null,
    sends: file ? 'file' : 'text',
    how: 'http',
    elsewhere: shell.elsewhere,
    place: shell.place,
  });
}

function startWords(words: readonly string[], shell: Shell, runs: Runs): void {
  runs.start(
    { words, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
    inside(shell),
    runs,
  );
}

function run(text: string, shell: Shell, runs: Runs): void {
  runs.readShell(text, inside(shell));
}
