// Files as people have them: comments, odd whitespace, both line ends, no final newline, a byte order mark, keys that we want.

import fc from 'fast-check';

/** How a text lies on disk. */
const laidOut = (lines: fc.Arbitrary<string[]>): fc.Arbitrary<Buffer> =>
  fc
    .record({
      lines,
      ending: fc.constantFrom('\n', '\r\n'),
      hasFinalEnd: fc.boolean(),
      mark: fc.constantFrom('', '', '\uFEFF'),
    })
    .map(({ lines: all, ending, hasFinalEnd, mark }) =>
      Buffer.from(mark + all.join(ending) + (hasFinalEnd && all.length > 0 ? ending : '')),
    );

const word = fc.stringMatching(/^[a-zäß€😀]{1,6}$/u);

const profileLine = fc.oneof(
  word.map((text) => `# ${text}`),
  word.map((text) => `export ${text}='a  b'\t`),
  fc.constantFrom('', '  ', "HTTPS_PROXY='http://old:1'", 'export HTTPS_PROXY=http://old:1', '\tif true; then', 'fi'),
);

const iniLine = fc.oneof(
  word.map((text) => `; ${text}`),
  fc.constantFrom(
    '',
    ' ',
    '[global]',
    '[install]',
    'proxy = http://old:1',
    'Cert: /old.pem',
    'trusted-host =',
    '    a.example',
    'timeout=60',
  ),
);

const npmLine = fc.oneof(
  word.map((text) => `; ${text}`),
  fc.constantFrom('', 'proxy=http://old:1', 'registry = https://registry.example/', '[section]', 'cafile="/old"'),
);

const gitLine = fc.constantFrom(
  '',
  '# mine',
  '[user]',
  '\tname = Ann',
  '[http]',
  '\tproxy = http://old:1',
  '[http "https://x.example"]',
);

/** Pretty or not, with comments and trailing commas. `wanted`: names that the client cares about. */
function jsonLines(wanted: readonly string[]): fc.Arbitrary<string[]> {
  const scalar = fc.oneof(
    fc.constantFrom('1', 'true', 'null', '"http://old:1"', '"\\u00e9 \\\\ \\""', '[ 1,2 ]'),
    word.map((text) => JSON.stringify(text)),
  );
  const key = fc.oneof(fc.constantFrom(...wanted), word);
  const { object } = fc.letrec<{ object: string; value: string }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalar, tie('object')),
    object: fc
      .record({
        pairs: fc.uniqueArray(fc.tuple(key, tie('value')), { selector: ([name]) => name, maxLength: 4 }),
        gap: fc.constantFrom(' ', '', '\n  ', '\n\t', ' /* c */ ', '\n  // mine "x": {\n  '),
        comma: fc.boolean(),
      })
      .map(({ pairs, gap, comma }) => {
        const inside = pairs
          .map(([name, value]) => `${gap}${JSON.stringify(name)}${gap === '' ? '' : ' '}:${value}`)
          .join(',');
        return `{${inside}${comma && pairs.length > 0 ? ',' : ''}${gap.includes('//') || gap.includes('\n') ? '\n' : gap}}`;
      }),
  }));
  return fc.oneof(fc.constantFrom('', '\n', '// only a comment', '{}', '{ }'), object).map((text) => text.split('\n'));
}

const yamlLines = fc
  .uniqueArray(
    fc.oneof(
      fc.constantFrom(
        ['# a comment', 'name:   mine  # why'],
        ['models:', '    - name: x', '      # deep', '      model: "y"', ''],
        ['requestOptions:', '  # mine', '  proxy:   http://old:1', '  timeout: 7200'],
        ['requestOptions: { timeout: 5, noProxy: [ a.example ] }'],
        ['set-env:', '  - A=1 # first', '  - HTTPS_PROXY=http://old:1'],
        ['set-env: []'],
        ['text: |', '  two', '', '  lines'],
        ['empty:'],
      ),
    ),
    { selector: (lines) => lines.find((line) => /^\w/.test(line))?.split(':')[0] ?? '', maxLength: 5 },
  )
  .map((parts) => parts.flat());

const optionLine = fc.constantFrom(
  '    <option name="USE_HTTP_PROXY" value="true" />',
  '    <option name="PROXY_HOST" value="old.example" />',
  '    <!-- <option name="PROXY_PORT" value="1" /> -->',
  '    <option name="USE_PROXY_PAC" value="true" />',
  '',
);

const optionLines = fc.oneof(
  fc.constantFrom<string[][]>(
    [],
    ['<application>', '</application>'],
    ['<application>', '  <component name="HttpConfigurable" />', '</application>'],
  ),
  fc
    .uniqueArray(optionLine)
    .map((lines) => [
      '<application>',
      '  <component name="HttpConfigurable">',
      ...lines,
      '  </component>',
      '</application>',
    ]),
);

/** For each client, what its file may hold. */
export const existingFiles: Readonly<Record<string, fc.Arbitrary<Buffer>>> = {
  claude: laidOut(jsonLines(['env', 'HTTPS_PROXY', 'NO_PROXY', 'model'])),
  vscode: laidOut(jsonLines(['http.proxy', 'http.proxySupport', 'editor.fontSize'])),
  opencode: laidOut(jsonLines(['provider', 'openai', 'options', 'baseURL'])),
  docker: laidOut(jsonLines(['proxies', 'default', 'httpProxy', 'auths'])),
  codex: laidOut(fc.array(profileLine, { maxLength: 8 })),
  gemini: laidOut(fc.array(profileLine, { maxLength: 8 })),
  shell: laidOut(fc.array(profileLine, { maxLength: 8 })),
  git: laidOut(fc.array(gitLine, { maxLength: 8 })),
  npm: laidOut(fc.array(npmLine, { maxLength: 8 })),
  pip: laidOut(fc.array(iniLine, { maxLength: 10 })),
  aider: laidOut(yamlLines),
  continue: laidOut(yamlLines),
  jetbrains: laidOut(optionLines),
};
