// Brings the rule list of docs/approvals.md up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withRuleList } from '../risk/rule-list.ts';

const page = fileURLToPath(new URL('../../docs/approvals.md', import.meta.url));
writeFileSync(page, await withRuleList(readFileSync(page, 'utf8')));
