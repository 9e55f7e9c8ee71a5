// Brings the rule list of docs/masking.md up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withRuleList } from '../masking/rule-list.ts';

const page = fileURLToPath(new URL('../../docs/masking.md', import.meta.url));
writeFileSync(page, await withRuleList(readFileSync(page, 'utf8')));
