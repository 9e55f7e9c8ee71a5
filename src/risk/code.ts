// Programs in other languages: the calls that start programs, touch files or reach hosts, with the arguments that are
// written out. No parser: one pass of tokens that all these languages share (names, strings, brackets).

import { callsOf, literals, unescapeLiteral, type Call } from './code-calls.ts';
import { credentialAt } from './credentials.ts';
import { add, spend } from './facts.ts';
import { hostOf, isUrl } from './hosts.ts';
import { resolvePath } from './paths.ts';
import { unescape } from './printed.ts';
import { inside, type Runs, type Shell } from './shell-state.ts';
import { judgeSql, looksLikeSql } from './sql.ts';

const maxCode = 65_536;

const runsText =
  /(?:^|[.:])(?:system|popen[234]?|getoutput|getstatusoutput|exec|execSync|execFile|execFileSync|execa|execaCommand|spawn|spawnSync|shell_exec|passthru|proc_open|run|call|check_call|check_output|Popen|capture[23]e?|popen2e|pipeline|exec_command|shell_command|run_command|run_terminal_cmd|shell|bash|local_shell|Command|ProcessBuilder|cmd|create_subprocess_shell|create_subprocess_exec|execute|Start|sh|zx|posix_spawn|execvp?e?|execlp?e?|spawnvp?e?|spawnlp?e?|startfile|command|sudo|do_shell_script|write_stdin)$/;
const deletesTree =
  /(?:^|[.:])(?:rmtree|rm_rf|rm_r|remove_dir_all|RemoveAll|removeSync|emptyDirSync|emptyDir|rimraf|rimrafSync|deleteDirectory|remove_entry_secure|remove_tree|deltree)$/;
const deletesFile =
  /(?:^|[.:])(?:rm|rmSync|unlink|unlinkSync|rmdir|rmdirSync|removedirs|remove_file|Remove|deleteIfExists|delete_file|remove)$/;
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
  const named = new Map<string, string>();
  for (const [, name = '', , value = ''] of text.matchAll(
    /(?:^|[\s;{(])(?:(?:const|let|var|my|our|local|def|string|auto)\s+)?\$?([A-Za-z_]\w{0,60})\s*(?::\s*\w+\s*)?:?=\s*(["'`])((?:(?!\2)[^\\\n]|\\.){0,4000})\2/g,
  )) {
    if (named.size < 200) named.set(name, unescapeLiteral(value));
  }
  structure(text, shell);
  noteCredentials(text, shell);
  for (const call of callsOf(text, named)) {
    if (!spend(facts, 1, place)) return;
    judgeCall(call, shell, runs);
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
    /\b(?:unlink|rmtree|rmdir|remove_tree)\s+(?:glob\s*\(?\s*)?["'<]([~/.][^"'>\n]{1,300})["'>]/g,
  ))
    add(facts.paths, {
      path: resolvePath(written, shell.folder, shell.home),
      use: 'delete',
      content: null,
      elsewhere: shell.elsewhere,
      place,
    });
  if (/\bsystem\s+["']|\bexec\s+["']/.test(text)) {
    for (const [, , command = ''] of text.matchAll(/\b(?:system|exec)\s+(["'])((?:(?!\1)[^\\\n]|\\.){1,4000})\1/g))
      run(unescapeLiteral(command), shell, runs);
  }
}

const homes =
  /os\.environ(?:\.get\(|\[)\s*["'](?:HOME|USERPROFILE)["']\s*[\])]|os\.getenv\(\s*["'](?:HOME|USERPROFILE)["']\s*\)|process\.env(?:\.(?:HOME|USERPROFILE)\b|\[["'](?:HOME|USERPROFILE)["']\])|(?:\bos\.)?\bhomedir\(\)|(?:pathlib\.)?Path\.home\(\)|Dir\.home\b|\$?ENV[{[]["']?HOME["']?[\]}]|System\.getProperty\(\s*["']user\.home["']\s*\)|getenv\(\s*["']HOME["']\s*\)|std::env::var\(\s*"HOME"\s*\)(?:\.unwrap\(\))?/g;

/** The same program with what can be known written out: the home folder, lists joined to a text. */
function plainly(source: string): string {
  let text = source;
  if (/home|HOME|USERPROFILE/.test(text))
    text = text.replace(homes, '"~"').replaceAll('${"~"}', '~').replaceAll('{"~"}', '~');
  if (text.includes('.join'))
    text = text.replace(
      /\[((?:\s*(?:"[^"\n]*"|'[^'\n]*')\s*,?){1,64})\]\.join\(\s*(["'])([^"'\n]*)\2\s*\)/g,
      (_, list: string, _quote, by: string) => JSON.stringify(literals(list).join(by)),
    );
  return text;
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

/** Shapes that need more than one call to be seen. */
function structure(text: string, shell: Shell): void {
  const { facts, place } = shell;
  if (
    /\b(?:exec|eval|Function|execSync|system)\s*\(.{0,80}(?:requests\.get|urlopen|urllib|fetch\(|axios|https?\.get|open-uri|URI\.open|LWP|file_get_contents\(\s*["']https?:)|(?:\bfetch\(|axios\.get\(|requests\.get\(|https?\.get\().{0,300}\b(?:eval|exec|Function)\b\s*[()]/s.test(
      text,
    )
  )
    facts.signs.set('piped-to-shell', place);
  if (
    /\bboto3\b|@aws-sdk|aws-sdk|google\.cloud|googleapiclient|@google-cloud|azure\.mgmt/.test(text) &&
    /\.(?:delete|terminate|delete_[a-z_]+|terminate_[a-z_]+|deleteObject\w*|deleteBucket|terminateInstances)\s*\(|new\s+(?:Delete|Terminate)\w+Command/.test(
      text,
    )
  )
    facts.signs.set('cloud-delete', place);
  const walked =
    /(?:os\.walk|glob\.i?glob|os\.scandir|os\.listdir|fs\.readdirSync|readdirSync|readdir|Dir\.glob|filepath\.Walk|WalkDir)\s*\(\s*["'`]([^"'`\n]{1,300})["'`]/.exec(
      text,
    )?.[1];
  if (
    walked !== undefined &&
    /(?:os\.(?:remove|unlink|rmdir)|shutil\.rmtree|\.unlink|unlinkSync|rmSync|rm_rf|os\.RemoveAll|os\.Remove|File\.delete|remove_file)\s*\(/.test(
      text,
    )
  )
    add(facts.paths, {
      path: resolvePath(walked, shell.folder, shell.home),
      use: /\*\.\w/.test(walked) ? 'delete' : 'delete-tree',
      content: null,
      elsewhere: shell.elsewhere,
      place,
    });
  if (
    /\b(?:exec|eval|Function|system|loadstring|compile|execSync|instance_eval)\s*\(?\s*[^;\n]{0,200}(?:b64decode|atob\s*\(|['"](?:base64|hex)['"]|\bpack\s*\(|(?:map\s*\(\s*chr|chr\s*\(\s*\d+\s*\)|fromCharCode)|decode_base64|base64_decode|Base64\.decode|fromhex|unhexlify|rot_?13|zlib\.decompress|marshal\.loads|gzinflate|str_rot13|unpack\(\s*['"]m)/.test(
      text,
    )
  )
    facts.signs.set('decoded-to-shell', place);
  const opens =
    /socket\.socket|net\.(?:Socket|connect|createConnection|Dial)|TCPSocket|IO::Socket|fsockopen|use\s+Socket|new\s+Socket|\bsocket\s*\(/.test(
      text,
    );
  if (
    opens &&
    /\/bin\/(?:ba|z|da|k)?sh|cmd\.exe|pty\.spawn|powershell(?:\.exe)?["']/.test(text) &&
    /dup2|\.pipe\(|stdin|spawn|exec|popen|proc_open|subprocess|STDIN/.test(text)
  )
    facts.signs.set('reverse-shell', place);
  if (
    /os\.fork\s*\(\)|\bfork\s*\(?\)?\s*while|while\s*(?:\(?(?:1|true|True)\)?\s*:?\s*)[^a-z]{0,10}(?:os\.)?fork/.test(
      text,
    ) &&
    /while|for\s*\(;;\)|loop/.test(text)
  )
    facts.signs.set('fork-bomb', place);
}

function judgeCall(call: Call, shell: Shell, runs: Runs): void {
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
  const subject = /^(?:Path|pathlib\.Path|PurePath)$/.test(name) ? null : typeof first === 'string' ? first : null;
  if (runsText.test(name)) {
    if (/(?:^|\.)execute(?:many|script)?$/.test(name) && subject !== null && looksLikeSql(subject))
      judgeSql(subject, facts, place);
    else if (Array.isArray(first)) startWords(first as string[], shell, runs);
    else if (subject !== null) {
      const second = args[1];
      if (Array.isArray(second)) startWords([subject, ...(second as string[])], shell, runs);
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
  if (deletesTree.test(name)) pathFact(subject, 'delete-tree');
  else if (deletesFile.test(name) && !isUrl(subject) && /[\\/.~]/.test(subject) && subject.length < 500)
    pathFact(subject, /recursive["']?\s*:\s*true/.test(source) ? 'delete-tree' : 'delete');
  else if (writesFile.test(name))
    pathFact(/^copyFile|^.*symlink/.test(name) ? (texts[1] ?? subject) : subject, 'write');
  else if (sendsData.test(name) && isUrl(subject)) addHost(subject, source, shell);
  else if (connects.test(name) && isUrl(subject)) {
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
  } else if (/(?:^|[.:])(?:open|fopen|File\.open|Open|OpenFile|file)$/.test(name))
    pathFact(subject, /^[wax]|^r?\+|[wa]\+?b?$/.test(texts[1] ?? '') && texts[1] !== 'r' ? 'write' : 'read');
  else if (readsFile.test(name) && /[\\/.~]/.test(subject) && !isUrl(subject)) pathFact(subject, 'read');
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
