import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { defaultPolicyText } from '../../src/policy/default-text.ts';
import { policyJsonSchema } from '../../src/policy/json-schema.ts';
import { examplePolicy } from './example-policy.ts';

const path = fileURLToPath(new URL('../../src/policy/policy.schema.json', import.meta.url));

// After a change of the schema: npx vitest run --config test/vitest.config.ts test/policy/json-schema.test.ts -u
test('the published JSON Schema is the one of the program', async () => {
  const text = await format(JSON.stringify(policyJsonSchema()), { parser: 'json', printWidth: 120 });
  await expect(text).toMatchFileSnapshot(path);
});

function published(): z.ZodType {
  return z.fromJSONSchema(JSON.parse(readFileSync(path, 'utf8')) as Parameters<typeof z.fromJSONSchema>[0]);
}

test.each([
  ['the example', examplePolicy],
  ['the default policy', defaultPolicyText],
])('the JSON Schema accepts %s', (_name, text) => {
  expect(published().safeParse(parse(text))).toMatchObject({ success: true });
});

test.each([
  'mod: observe',
  'mode: off',
  'approval: { timeout: 60 }',
  'masking: { packs: secrets }',
  'sessions: { max-size: 2 }',
])('the JSON Schema refuses %s', (text) => {
  expect(published().safeParse(parse(text)).success).toBe(false);
});
