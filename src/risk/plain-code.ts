// Source text with what can be known written out: joined and decoded texts, the home folder, names behind other names.

import { literals } from './code-calls.ts';
import { fromBase64, fromHex, unescape } from './printed.ts';

const homes =
  /os\.environ(?:\.get\(|\[)\s*["'](?:HOME|USERPROFILE)["']\s*[\])]|(?:os\.)?[gG]etenv\(\s*["'](?:HOME|USERPROFILE)["']\s*\)|process\.env(?:\.(?:HOME|USERPROFILE)\b|\[["'](?:HOME|USERPROFILE)["']\])|(?:Deno|Bun)\.env\.(?:get\(\s*["']HOME["']\s*\)|HOME\b)|(?:require\(["'](?:node:)?os["']\)\.|\bos\.)?\bhomedir\(\)|\w+\.path\.expanduser\(\s*["']~["']\s*\)|(?:pathlib\.)?Path\.home\(\)|Path\(\s*["']~["']\s*\)\.expanduser\(\)|Dir\.home\b(?:\(\))?|\$?ENV[{[]["']?HOME["']?[\]}]|ENV\.fetch\(\s*["']HOME["']\s*\)|\$_(?:SERVER|ENV)\[["']HOME["']\]|System\.(?:getProperty\(\s*["']user\.home["']|getenv\(\s*["']HOME["'])\s*\)|Sys\.getenv\(\s*["']HOME["']\s*\)|std::env::var\(\s*"HOME"\s*\)(?:\.unwrap\(\))?|path\.expand\(\s*["']~["']\s*\)|NSHomeDirectory\(\)|\[?Environment\]?(?:\.|::)GetFolderPath\([^)]*UserProfile[^)]*\)/g;

/** Text rewritten a few times at most, each time linear in its length. */
export function plainly(source: string): string {
  let text = source;
  if (/home|HOME|USERPROFILE|UserProfile|~/.test(text))
    text = text
      .replace(/\$ENV\{HOME\}(?=[^"'`\n]*["'`>])|\$::?env\(HOME\)|\$env\(HOME\)/g, '~')
      .replace(homes, '"~"')
      .replace(/\b(\w+)\s*,\s*\w+\s*:=\s*os\.UserHomeDir\(\)/g, '$1 := "~";')
      .replaceAll('${"~"}', '~')
      .replaceAll('#{"~"}', '~')
      .replaceAll('{"~"}', '~');
  if (hides.test(text))
    for (let i = 0; i < 3; i++) {
      const next = folded(text);
      if (next === text) break;
      text = next;
    }
  if (/getattr\s*\(|\[\s*["']\w+["']\s*\]\s*\(|__import__/.test(text))
    text = text
      .replace(/\bgetattr\s*\(\s*([\w.()"']{1,60}?)\s*,\s*(["'])(\w{1,40})\2\s*\)/g, '$1.$3')
      .replace(/\[\s*(["'])(\w{1,40})\1\s*\](?=\s*\()/g, '.$2')
      .replace(/__import__\(\s*(["'])([\w.]{1,40})\1\s*\)/g, '$2');
  return text;
}

/** Signs of texts that are put together. */
const hides =
  /["']\s*[+./]\s*["']|\bchr\s*\(|fromCharCode|\bbytes\b|\.join\b|\[::-1\]|reverse|strrev|\.replace|atob|b64decode|base64|fromhex|unhexlify|\bpack\b|codecs/;
const text = String.raw`(?:"([^"\\\n]{0,4000})"|'([^'\\\n]{0,4000})')`;
const numbers = String.raw`\s*((?:(?:0x)?[0-9a-fA-F]{1,5}\s*,?\s*){1,2000})`;

type Fold = readonly [pattern: RegExp, value: (...groups: string[]) => string];

const either = (a: string | undefined, b: string | undefined): string => a ?? b ?? '';
const reversed = (all: string): string => Array.from(all).reverse().join('');
const characters = (list: string): string =>
  (list.match(/(?:0x)?[0-9a-fA-F]+/g) ?? []).map((each) => String.fromCharCode(Number(each) || 0)).join('');

const folds: readonly Fold[] = [
  [
    new RegExp(String.raw`\bbytes(?:array)?\(\[${numbers}\]\)(?:\.decode\([^)]*\))?`, 'g'),
    (list = '') => characters(list),
  ],
  [
    new RegExp(
      String.raw`(?:""|'')\.join\(\s*(?:map\(\s*chr\s*,\s*\[${numbers}\]\s*\)|\[?\s*chr\(\w+\)\s+for\s+\w+\s+in\s+[[(]${numbers}[\])]\s*\]?)\s*\)`,
      'g',
    ),
    (a, b) => characters(either(a, b)),
  ],
  [
    new RegExp(
      String.raw`\[${numbers}\]\.map\([^)]{0,60}(?:fromCharCode|\.chr|&:chr)[^)]{0,20}\)?\)\.join\((?:""|'')?\)`,
      'g',
    ),
    (list = '') => characters(list),
  ],
  [new RegExp(String.raw`\[${numbers}\]\.pack\(["'][cCU]\*["']\)`, 'g'), (list = '') => characters(list)],
  [new RegExp(String.raw`\bpack\(\s*["'][cCU]\*["']\s*,${numbers}\)`, 'g'), (list = '') => characters(list)],
  [
    new RegExp(String.raw`String\.from(?:CharCode|CodePoint)\((?:\.\.\.\[)?${numbers}\]?\)`, 'g'),
    (list = '') => characters(list),
  ],
  [/\bchr\s*\(\s*((?:0x)?[0-9a-fA-F]{1,5})\s*\)/g, (code = '') => characters(code)],
  [
    new RegExp(
      String.raw`(?:base64\.)?(?:b64decode|urlsafe_b64decode|base64_decode|decode_base64|Base64\.(?:strict_)?decode64|atob)\(\s*b?${text}\s*\)(?:\.decode\([^)]*\)|\.toString\([^)]*\))?`,
      'g',
    ),
    (a, b) => fromBase64(either(a, b)) ?? '',
  ],
  [
    new RegExp(String.raw`Buffer\.from\(\s*${text}\s*,\s*["'](base64|hex)["']\s*\)(?:\.toString\([^)]*\))?`, 'g'),
    (a, b, kind) => (kind === 'hex' ? fromHex(either(a, b)) : (fromBase64(either(a, b)) ?? '')),
  ],
  [
    new RegExp(String.raw`(?:bytes\.fromhex|(?:binascii\.)?unhexlify)\(\s*${text}\s*\)(?:\.decode\([^)]*\))?`, 'g'),
    (a, b) => fromHex(either(a, b)),
  ],
  [
    new RegExp(
      String.raw`${text}(?:\[::-1\]|\.split\((?:""|'')\)\.reverse\(\)\.join\((?:""|'')\)|\.reverse\b(?!\())`,
      'g',
    ),
    (a, b) => reversed(either(a, b)),
  ],
  [new RegExp(String.raw`\b(?:strrev|reverse)\(\s*${text}\s*\)`, 'g'), (a, b) => reversed(either(a, b))],
  [
    new RegExp(String.raw`${text}\.(?:replace|replaceAll|gsub|delete)\(\s*${text}\s*(?:,\s*(?:""|'')\s*)?\)`, 'g'),
    (a, b, c, d) => either(a, b).replaceAll(either(c, d), ''),
  ],
  [
    new RegExp(String.raw`\[((?:\s*(?:"[^"\n]{0,400}"|'[^'\n]{0,400}')\s*,?){1,64})\]\.join\(\s*${text}\s*\)`, 'g'),
    (list = '', a, b) => literals(list).join(either(a, b)),
  ],
  [
    new RegExp(
      String.raw`${text}\.join\(\s*[[(]((?:\s*(?:"[^"\n]{0,400}"|'[^'\n]{0,400}')\s*,?){1,64})[\])]\s*\)`,
      'g',
    ),
    (a, b, list = '') => literals(list).join(either(a, b)),
  ],
  [new RegExp(String.raw`${text}\s*(?:\+|\.(?!\w))\s*${text}`, 'g'), (a, b, c, d) => either(a, b) + either(c, d)],
  [new RegExp(String.raw`${text}\s*/\s*${text}`, 'g'), (a, b, c, d) => `${either(a, b)}/${either(c, d)}`],
];

function folded(source: string): string {
  let result = source;
  for (const [pattern, value] of folds)
    result = result.replace(pattern, (_whole: string, ...groups: unknown[]) =>
      JSON.stringify(unescape(value(...(groups as string[])))),
    );
  return result;
}

/** Names that stand for others: `import os as o`, `from shutil import rmtree as r`, `const { rmSync: d } = require('fs')`. */
export function aliasesIn(source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!/\bimport\b|\brequire\b|=\s*[a-z]\w*\.\w/.test(source)) return found;
  const bind = (list: string, from: string, by: RegExp): void => {
    for (const each of list.split(',')) {
      const [name = '', alias = name] = each.trim().split(by);
      if (/^\w+$/.test(name) && /^\w+$/.test(alias) && found.size < 100)
        found.set(alias, from === '' ? name : `${from}.${name}`);
    }
  };
  for (const [, list = ''] of source.matchAll(
    /\bimport[ \t]+([\w.]+[ \t]+as[ \t]+\w+(?:[ \t]*,[ \t]*[\w.]+(?:[ \t]+as[ \t]+\w+)?)*)/g,
  ))
    bind(list, '', /\s+as\s+/);
  for (const [, module = '', list = ''] of source.matchAll(
    /\bfrom[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([\w, \t]{1,400})/g,
  ))
    bind(list, module, /\s+as\s+/);
  for (const [, list = '', module = ''] of source.matchAll(
    /\{([^{}]{1,400})\}\s*=\s*(?:await\s+)?(?:require|import)\(\s*["'](?:node:)?([\w/:@.-]{1,60})["']\s*\)/g,
  ))
    bind(list, module.replace('/', '.'), /\s*:\s*/);
  for (const [, list = '', module = ''] of source.matchAll(
    /\bimport\s*\{([^{}]{1,400})\}\s*from\s*["'](?:node:)?([\w/:@.-]{1,60})["']/g,
  ))
    bind(list, module.replace('/', '.'), /\s+as\s+/);
  for (const [, name = '', module = ''] of source.matchAll(
    /(?:\b(?:const|let|var)\s+|\bimport\s+(?:\*\s*as\s+)?)(\w+)\s*(?:=\s*(?:await\s+)?(?:require|import)\(|from)\s*["'](?:node:)?([\w/@.-]{1,60})["']/g,
  ))
    if (name !== module) found.set(name, module.replace('/', '.'));
  for (const [, name = '', target = ''] of source.matchAll(
    /\b([A-Za-z_]\w*)\s*=\s*((?:os|shutil|subprocess|fs|cp|child_process|pathlib|requests|urllib|Deno|Bun|FileUtils)(?:\.\w+){1,3})\s*(?=[;,\n)]|$)/g,
  ))
    found.set(name, target);
  return found;
}
