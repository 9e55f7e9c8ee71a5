// PowerShell and cmd.exe with what can be known written out: joined and formatted names, sets that loops run over.

const strings = String.raw`((?:\s*'[^'\n]{0,400}'\s*,?){1,40})`;
const listOf = (text: string): string[] => [...text.matchAll(/'([^'\n]*)'/g)].map((match) => match[1] ?? '');

/** PowerShell text; each step is linear in its length. */
export function plainPowershell(source: string): string {
  let text = source;
  if (text.includes("'")) {
    for (let i = 0; i < 4 && /'\s*\+\s*'/.test(text); i++) text = text.replace(/'([^']*)'\s*\+\s*'([^']*)'/g, "'$1$2'");
    text = text
      .replace(
        new RegExp(String.raw`\(?\s*-join\s*\(?${strings}\)?`, 'gi'),
        (_, list: string) => `'${listOf(list).join('')}'`,
      )
      .replace(
        new RegExp(String.raw`\(?${strings}\)?\s*-join\s*''`, 'gi'),
        (_, list: string) => `'${listOf(list).join('')}'`,
      )
      .replace(
        new RegExp(String.raw`(["'])((?:[^"'\n{]{0,200}\{\d{1,2}\}){1,40}[^"'\n]{0,200})\1\s*-f\s*${strings}`, 'gi'),
        (_, _quote: string, pattern: string, list: string) => {
          const values = listOf(list);
          return `'${pattern.replace(/\{(\d{1,2})\}/g, (_all, at: string) => values[Number(at)] ?? '')}'`;
        },
      )
      .replace(
        /'([^'\n]{0,400})'\s*-c?replace\s*'([^'\n]{1,40})'\s*,\s*'([^'\n]{0,40})'/gi,
        (_, all: string, from: string, to: string) => `'${all.replaceAll(from, to)}'`,
      );
  }
  return text
    .replace(
      /(?:\[char\]\s*(?:0x[0-9a-f]{1,4}|\d{1,5})\s*\+?\s*){2,}/gi,
      (all) => `'${(all.match(/0x[0-9a-f]+|\d+/gi) ?? []).map((code) => String.fromCharCode(Number(code))).join('')}'`,
    )
    .replace(/\$\(?\s*\[char\]/gi, '[char]')
    .replace(/[&.]\s*\(+\s*['"]([\w-]+)['"]\s*\)+/g, '$1')
    .replace(/[&.]\s*['"]([\w-]{2,40})['"](?=\s)/g, '$1')
    .replace(/\$env:(?:USERPROFILE|HOME|HOMEPATH)\b|\$HOME\b/gi, '~')
    .replace(
      /\bforeach\s*\(\s*\$(\w+)\s+in\s+([^){]{1,200})\)/gi,
      (_, name: string, set: string) =>
        `$${name} = ${
          set
            .trim()
            .split(/\s+/)
            .findLast((word) => !word.startsWith('-')) ?? ''
        };`,
    );
}

/** cmd.exe: carets, `for %i in (…) do`, variables set in the same text. */
export function plainCmd(source: string): string {
  let text = source.replace(/\^(?=[^\r\n])/g, '');
  const values = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/(?:^|[&|(\n])\s*set\s+"?(\w{1,40})=([^&|"\n]{0,400})/gi))
    if (values.size < 50) values.set(name.toLowerCase(), value.trim());
  if (values.size > 0)
    text = text.replace(/[%!](\w{1,40})[%!]/g, (all, name: string) => values.get(name.toLowerCase()) ?? all);
  for (const [, letter = '', set = ''] of text.matchAll(
    /\bfor\s+(?:\/[dflr]\s+)?(?:"[^"\n]*"\s+)?(?:[a-z]:\\\S*\s+)?%%?~?(\w)\s+in\s+\(([^)\n]{0,400})\)\s*do\b/gi,
  )) {
    const path =
      set
        .replace(/^['"]?\s*(?:dir|type|where)\s*/i, '')
        .split(/\s+/)
        .find((word) => word !== '' && !/^\/\w/.test(word)) ?? '';
    text = text.replace(new RegExp(`%%?~?[a-z]*${letter}\\b`, 'gi'), () => path.replace(/['"]/g, ''));
  }
  return text
    .replace(/\bfor\s+(?:\/[dflr]\s+)?\S*\s*\S*\s+in\s+\([^)\n]{0,400}\)\s*do\s*\(?/gi, '\n')
    .replace(/\bcall\s+/gi, '');
}
