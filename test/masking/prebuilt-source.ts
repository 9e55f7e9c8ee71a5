// What src/masking/rules/prebuilt-data.ts must hold: made from the rules.
import { readPattern } from '../../src/masking/pattern.ts';
import { prebuild } from '../../src/masking/prebuilt.ts';
import { catalogue } from '../../src/masking/rules/catalogue.ts';

export function prebuiltSource(): string {
  const rules = catalogue.filter((rule) => rule.compiled === undefined);
  const data = prebuild(
    rules.map((rule) => [rule.id, rule.pattern, readPattern(rule.pattern, rule.flags ?? '', 'groups')]),
  );
  // A quote that the data does not hold keeps it on one line, which parses fastest.
  const json = JSON.stringify(data).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `// Made by test/bench/masking-prebuild.ts from the rules; do not edit.\nexport const prebuiltData =\n  '${json}';\n`;
}
