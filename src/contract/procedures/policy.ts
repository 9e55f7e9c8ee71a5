// The policy: shown, checked, edited, tried and saved.

import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import type { PolicyAllowed, PolicyCheck, PolicyDocument, PolicyFacts, PolicySaved, PolicyTrial } from '../policy.ts';
import { changes, shows } from './procedure.ts';

const text = z.string().max(1024 * 1024);
const hash = z.string().regex(/^(?:none|[0-9a-f]{64})$/);
const path = z.array(z.union([z.string().max(200), z.number().int().min(0)])).max(20);

const edit = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('set'), path: path.min(1), value: z.json() }),
  z.strictObject({ kind: z.literal('add'), path: path.min(1), value: z.json() }),
  z.strictObject({ kind: z.literal('remove'), path: path.min(1) }),
]);

/** SECURITY: what is tried may hold real secrets: it stays in the core's memory, and is neither logged nor stored. */
const tried = z.strictObject({
  policyText: text,
  what: z.discriminatedUnion('as', [
    z.strictObject({ as: z.literal('text'), text: z.string().max(64 * 1024) }),
    /** A shell command. */
    z.strictObject({ as: z.literal('shell'), text: z.string().max(64 * 1024) }),
    /** The input of a tool, as JSON or plain. */
    z.strictObject({ as: z.literal('tool'), tool: z.string().max(200), text: z.string().max(64 * 1024) }),
    /** What a recorded exchange answered, masked as the log has it. */
    z.strictObject({ as: z.literal('exchange'), id: z.string().max(100) }),
  ]),
});

export const policyContract = {
  facts: shows.output(type<PolicyFacts>()),
  get: shows.output(type<PolicyDocument>()),
  /** The file now, and again after each change of it. */
  watch: shows.output(eventIterator(type<PolicyDocument>())),
  check: shows.input(z.strictObject({ text })).output(type<PolicyCheck>()),
  /** The text with some places changed; comments, order and all other lines stay as they are. Nothing is saved. */
  edit: shows
    .input(z.strictObject({ text, edits: z.array(edit).min(1).max(100) }))
    .output(type<{ text: string; check: PolicyCheck }>()),
  /** `basedOn`: hash of the file as it was loaded. `accepted`: the person has agreed to what the change weakens. */
  save: changes
    .input(z.strictObject({ text, basedOn: hash, accepted: z.boolean().default(false) }))
    .output(type<PolicySaved>()),
  /** Takes back the save, or the allowed finding, after which the file had this hash. */
  undo: changes.input(z.strictObject({ hash })).output(type<PolicyDocument>()),
  /** What the policy would do with a text. */
  try: shows.input(tried).output(type<PolicyTrial>()),
  /**
   * "Not a secret": this one value, known by its fingerprint, is never masked again. `finding`: the fingerprint of a finding
   * of the exchange. Written to the policy file, with a comment that says what it was.
   */
  allowFinding: changes
    .input(z.strictObject({ exchange: z.string().max(100), finding: z.string().regex(/^[0-9a-f]{16}$/) }))
    .output(type<PolicyAllowed>()),
};
