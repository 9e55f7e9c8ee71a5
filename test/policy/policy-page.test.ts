// docs/policy.md says nothing that the program refuses, and leaves no key out.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { policyFileSchema } from '../../src/policy/schema.ts';

const page = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '');

test.each(examples)('example: %s', (text) => {
  expect(parsePolicy(text)).toMatchObject({ policy: {} });
});

test('together they are one policy', () => {
  expect(parsePolicy(examples.join('\n'))).toMatchObject({ policy: { mode: 'observe' } });
});

test.each(Object.keys(policyFileSchema.shape))('%s has a section', (key) => {
  expect(page).toContain(`\n## ${key}\n`);
});
