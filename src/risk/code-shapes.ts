// Shapes in source text that need more than one call to be seen: code from the net, decoded code, shells handed out.

import { add } from './facts.ts';
import { resolvePath } from './paths.ts';
import type { Shell } from './shell-state.ts';

/** A request to another machine. */
const fetchesUrl =
  /(?:\bget|urlopen|urlretrieve|\bfetch|[rR]equest|[dD]ownload\w*|URI\.open|\bopen|file_get_contents|axios|Get|getstore|\bcurl|wget)\b[^\n;]{0,80}?["'`\s]https?:\/\/(?!localhost|127\.|\[::1)/;
const evaluates =
  /(?<![.\w$])(?:eval|exec|Function|loadstring|load|instance_eval|execScript|exec_module)\s*\(|\.then\(\s*eval\b|(?<![.\w$])eval\s+(?:get|\$|\w+\()|\bInvoke-Expression\b|\bvm\.run\w*\(|\bmodule\._compile\(/;
const decodes =
  /\b(?:exec|eval|Function|system|loadstring|compile|execSync|instance_eval)\s*\(?\s*[^;\n]{0,200}(?:b64decode|atob\s*\(|['"](?:base64|hex)['"]|\bpack\s*\(|(?:map\s*\(\s*chr|chr\s*\(\s*\d+\s*\)|fromCharCode)|decode_base64|base64_decode|Base64\.decode|fromhex|unhexlify|rot_?13|zlib\.decompress|marshal\.loads|gzinflate|str_rot13|unpack\(\s*['"]m)/;
const opensSocket =
  /socket\.socket|\bnet["']?\)?\.(?:Socket|connect|createConnection|Dial)|TCPSocket|IO::Socket|fsockopen|use\s+Socket|new\s+Socket|\bsocket\s*\(|require\s*\(?["']socket["']\)?|Deno\.connect|Bun\.connect|TcpClient|TcpStream|\/inet\/(?:tcp|udp)\//;
const shellName =
  /\/bin\/(?:ba|z|da|k)?sh|["'`](?:ba|z|da|k)?sh(?:["'`]|\s+-i|\s+[<>]&)|cmd\.exe|pty\.spawn|powershell(?:\.exe)?["']/;
const handsOver = /dup2|\.pipe\(|stdin|spawn|exec|popen|proc_open|subprocess|STDIN/;
const runsReceived =
  /(?:popen|os\.execute|\bsystem|execSync|shell_exec|check_output|getoutput|exec)\s*\(?\s*(?:\$?[a-z]\w{0,11})\s*[,)]/;
const receives = /\brecv\b|\.gets\b|:receive\(|\.receive\(|on\(\s*["']data["']|readLine\(\)|\bgetline\b|fgets/;
const walks =
  /(?:os\.walk|glob\.i?glob|os\.scandir|os\.listdir|readdirSync|readdir|Deno\.readDirSync|Deno\.readDir|Dir\.(?:glob|children|each_child|foreach)|filepath\.Walk|WalkDir|Files\.walk|\bglob|scandir|list\.files)\s*\(?\s*["'`]([^"'`\n]{1,300})["'`]|(?:Path\(\s*)?["']([^"'\n]{1,300})["']\s*\)?\.(?:rglob|iterdir|glob|walk)\s*\(/;
const deletes =
  /(?:os\.(?:remove|unlink|rmdir)|shutil\.rmtree|\.unlink|unlinkSync|rmSync|rm_rf|os\.RemoveAll|os\.Remove|File\.delete|remove_file|Deno\.remove(?:Sync)?|["']unlink["']|\bunlink|Files\.delete\w*|file\.remove)\b/;

/** Whether a program asks another machine for something. */
export function fetchesFromNet(text: string): boolean {
  return text.includes('http') && fetchesUrl.test(text);
}

/** Adds the signs of what several calls do together. */
export function noteShapes(text: string, shell: Shell): void {
  const { facts, place } = shell;
  if (fetchesFromNet(text) && evaluates.test(text)) facts.signs.set('piped-to-shell', place);
  if (
    /\bboto3\b|@aws-sdk|aws-sdk|google\.cloud|googleapiclient|@google-cloud|azure\.mgmt/.test(text) &&
    /\.(?:delete|terminate|delete_[a-z_]+|terminate_[a-z_]+|deleteObject\w*|deleteBucket|terminateInstances)\s*\(|new\s+(?:Delete|Terminate)\w+Command/.test(
      text,
    )
  )
    facts.signs.set('cloud-delete', place);
  const walked = walks.exec(text);
  const root =
    walked?.[1] ??
    walked?.[2] ??
    (/(\w+)\s*=\s*"~"[\s\S]{0,2000}?\b\1\.(?:rglob|iterdir|glob|walk)\(/.test(text) ? '~' : undefined);
  if (root !== undefined && deletes.test(text))
    add(facts.paths, {
      path: resolvePath(root.replace(/(\/\*\*)?\/\*$/, ''), shell.folder, shell.home),
      use: /\*\.\w/.test(root) ? 'delete' : 'delete-tree',
      content: null,
      elsewhere: shell.elsewhere,
      place,
    });
  if (decodes.test(text)) facts.signs.set('decoded-to-shell', place);
  if (opensSocket.test(text)) {
    if (shellName.test(text) && handsOver.test(text)) facts.signs.set('reverse-shell', place);
    else if (runsReceived.test(text) && receives.test(text) && !/localhost|127\.0\.0\.1/.test(text))
      facts.signs.set('reverse-shell', place);
  }
  if (
    /os\.fork\s*\(\)|\bfork\s*\(?\)?\s*while|while\s*(?:\(?(?:1|true|True)\)?\s*:?\s*)[^a-z]{0,10}(?:os\.)?fork/.test(
      text,
    ) &&
    /while|for\s*\(;;\)|loop/.test(text)
  )
    facts.signs.set('fork-bomb', place);
}
