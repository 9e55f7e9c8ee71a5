// The JSON Schema of the policy file, for editors. `policy.schema.json` is its text; a test keeps the two together.

import { z } from 'zod';
import { policyFileSchema } from './schema.ts';

/** Draft 2020-12. What only the program checks (host patterns, rule syntax, scopes without a match) is not in it. */
export function policyJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(policyFileSchema, { io: 'input', target: 'draft-2020-12' }) };
}
