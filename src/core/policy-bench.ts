// The test bench: what a text of the policy would do, without being in force. Compiling takes milliseconds and a long text takes
// more, so all of it happens in a thread of its own (`policy-worker.ts`).

import { asMasked } from '../base/text.ts';
import type {
  PolicyCheck,
  PolicyEdit,
  PolicyJson,
  PolicyMark,
  PolicyNearMiss,
  PolicyTextProblem,
  PolicyTrial,
} from '../contract/policy.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import type { Block } from '../exchange/block.ts';
import { because, checkRule, type Edit, type Masking } from '../masking/masking.ts';
import { MaskingError } from '../masking/masking-error.ts';
import { Placeholders } from '../masking/placeholder.ts';
import { catalogue } from '../masking/rules/catalogue.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import { editPolicyText, readWritten } from '../policy/edit-text.ts';
import type { Policy } from '../policy/policy.ts';
import { sentence } from '../policy/sentence.ts';
import { EditProblem } from '../policy/text-place.ts';
import { checkRiskRule } from '../risk/risk.ts';
import { CoreError } from './core-error.ts';
import { fingerprintUnder } from './fingerprint.ts';
import { openMaskingSource } from './masking-source.ts';
import { blocksInText, shellCommand, testBlocks, toolCall } from './policy-test.ts';
import { weakeningsOf } from './policy-weakening.ts';
import { blocksOfRecord } from './replay-blocks.ts';

export interface BenchSettings {
  readonly salt: Uint8Array;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly projectFolder: string;
}

export interface CheckJob {
  readonly text: string;
  readonly inForce: Policy;
}

export interface TryJob {
  readonly policyText: string;
  readonly what:
    | { readonly as: 'text' | 'shell'; readonly text: string }
    | { readonly as: 'tool'; readonly tool: string; readonly text: string }
    | { readonly as: 'exchange'; readonly record: ExchangeRecord };
}

export interface EditJob {
  readonly text: string;
  readonly edits: readonly PolicyEdit[];
  /** A comment for entries that are added. */
  readonly note?: string;
}

export interface PolicyBench {
  /** The text with its edits. Rejects where it is written in a way that cannot be changed. */
  edit(job: EditJob): Promise<string>;
  check(job: CheckJob): Promise<PolicyCheck>;
  try(job: TryJob): Promise<PolicyTrial>;
}

interface Compiled {
  readonly problems: readonly PolicyTextProblem[];
  readonly policy: Policy | undefined;
  readonly masking: () => Masking;
}

const mostText = 64 * 1024;
/** Every rule is asked about every character: longer texts are told only what is masked. */
const longestExplained = 16 * 1024;

export function createPolicyBench({ salt, env, projectFolder }: BenchSettings): PolicyBench {
  const fingerprint = fingerprintUnder(salt);
  // The text in the editor, tried again and again.
  let last: { readonly text: string; readonly compiled: Promise<Compiled> } | undefined;

  const compile = async (text: string): Promise<Compiled> => {
    const { policy, problems = [] } = parsePolicy(text, checkRule, checkRiskRule);
    const none = { problems, policy: undefined, masking: () => refuse() };
    if (policy === undefined) return none;
    try {
      const source = await openMaskingSource(policy, { env, projectFolder, fingerprint });
      return { problems, policy, masking: () => source.of(policy.masking) };
    } catch (error) {
      if (!(error instanceof MaskingError)) throw error;
      return { ...none, problems: [{ line: 1, column: 1, message: sentence(error.message) }] };
    }
  };
  const compiledOf = (text: string): Promise<Compiled> => {
    if (last?.text !== text) last = { text, compiled: compile(text) };
    return last.compiled;
  };

  return {
    edit({ text, edits, note }) {
      try {
        return Promise.resolve(edits.reduce((edited, each) => editPolicyText(edited, each, note), text));
      } catch (error) {
        return Promise.reject(error instanceof EditProblem ? new CoreError('usage', error.message) : (error as Error));
      }
    },
    async check({ text, inForce }) {
      const { problems, policy } = await compiledOf(text);
      const written = readWritten(text);
      return {
        problems,
        written: written === undefined ? null : ((written ?? {}) as PolicyJson),
        weakenings: policy === undefined ? [] : weakeningsOf(inForce, policy),
        placeholder: policy === undefined ? null : examplePlaceholder(policy.masking.placeholder),
      };
    },
    async try({ policyText, what }) {
      const { problems, policy, masking } = await compiledOf(policyText);
      if (policy === undefined) return { problems, mode: 'enforce', text: null, marks: [], nearMisses: [], blocks: [] };
      const compiled = masking();
      const text = what.as === 'exchange' ? textOf(what.record) : what.text;
      const marks = marksOf(compiled, text);
      const blocks = blocksOf(what).slice(0, 50);
      return {
        problems,
        mode: policy.mode,
        // SECURITY: of an exchange it is the log's own masked text.
        text: what.as === 'exchange' ? asMasked(text) : null,
        marks,
        nearMisses: text.length > longestExplained ? [] : nearMissesOf(compiled, text, marks),
        blocks: testBlocks(blocks, { policy, masking: compiled, folder: projectFolder }),
      };
    },
  };
}

function refuse(): never {
  throw new Error('This policy cannot be tried.');
}

function blocksOf(what: TryJob['what']): readonly Block[] {
  if (what.as === 'exchange') return blocksOfRecord(what.record);
  if (what.as === 'tool') return [toolCall(what.tool, what.text)];
  return what.as === 'shell' && what.text.trim() !== '' ? [shellCommand(what.text)] : blocksInText(what.text);
}

function textOf({ channels }: ExchangeRecord): string {
  return channels
    .map(({ text }) => text)
    .join('\n\n')
    .slice(0, mostText);
}

function marksOf(masking: Masking, text: string): PolicyMark[] {
  const marks: PolicyMark[] = [];
  for (const { start, end, text: placeholder, finding } of editsOf(masking, text)) {
    const before = marks.at(-1);
    if (finding === undefined) {
      // A long one goes on.
      if (before?.end === start) marks[marks.length - 1] = { ...before, end };
      continue;
    }
    const { rule, kind, severity, certainty } = finding;
    const why = sentence(capital(because[certainty].replace(/^masked: /, '')));
    const allow = `fingerprint:${finding.fingerprint}`;
    marks.push({ start, end, rule, kind, severity, certainty, why, placeholder, allow });
  }
  return marks.slice(0, 500);
}

/** As the exchange does it: what is JSON is read as JSON, with its keys. */
function editsOf(masking: Masking, text: string): readonly Edit[] {
  return /^\s*[[{]/.test(text) ? masking.jsonEdits(text) : masking.edits(text);
}

function nearMissesOf(masking: Masking, text: string, marks: readonly PolicyMark[]): PolicyNearMiss[] {
  return masking
    .explain(text)
    .filter(({ masked, start, end }) => !masked && !marks.some((mark) => start < mark.end && mark.start < end))
    .slice(0, 50)
    .map(({ start, end, rule, reason }) => ({
      start,
      end,
      rule,
      why: sentence(capital(reason.replace(/^not masked: /, ''))),
    }));
}

function examplePlaceholder(style: string): string {
  const rule = catalogue.find(({ id }) => id === 'github-classic');
  const [hash, prefix] = ['5c1a90e2', 'ghp_'];
  return rule === undefined ? '' : `${prefix}${new Placeholders(style, []).textFor(rule, hash, prefix)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
