// All built-in rules.
import type { Rule } from '../rule.ts';
import { aiProviders } from './ai-providers.ts';
import { assignments } from './assignments.ts';
import { cloud } from './cloud.ts';
import { contexts } from './contexts.ts';
import { keys } from './keys.ts';
import { longTail } from './long-tail.ts';
import { pii } from './pii.ts';
import { saas } from './saas.ts';
import { shapes } from './shapes.ts';
import { sourceHosting } from './source-hosting.ts';

export const catalogue: readonly Rule[] = [
  ...sourceHosting,
  ...cloud,
  ...aiProviders,
  ...saas,
  ...longTail,
  ...shapes,
  ...keys,
  ...contexts,
  ...assignments,
  ...pii,
];
