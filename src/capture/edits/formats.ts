// One place that knows which format edits what.

import type { Edit, TextFormat } from '../change.ts';
import { blockFormat } from './block.ts';
import { iniFormat } from './ini.ts';
import { jsonFormat } from './json.ts';
import { optionsFormat } from './options.ts';
import { yamlFormat } from './yaml.ts';

const valueFormat: TextFormat<Extract<Edit, { format: 'value' }>> = {
  render: (_text, { value }) => value,
  holds: (text, { value }) => text === value,
  withdraw: (text, { value }, base) => (text === value ? base : text),
  describe: ({ value }) => `the value ${value}`,
};

// Each format is given only edits of its own name: that is what the type says that it must not say.
const formats: Readonly<Record<Edit['format'], TextFormat<never>>> = {
  block: blockFormat,
  json: jsonFormat,
  yaml: yamlFormat,
  ini: iniFormat,
  options: optionsFormat,
  value: valueFormat,
};

export function formatOf(edit: Edit): TextFormat<Edit> {
  return formats[edit.format];
}
