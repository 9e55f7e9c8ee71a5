// The policy file for the window: read, saved, taken back; and single values allowed by their fingerprint.

import type { Clock } from '../base/clock.ts';
import type { PolicyAllowed, PolicyCheck, PolicyDocument, PolicySaved, PolicyTextProblem } from '../contract/policy.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import { readPolicyText, writePolicyText, type PolicyText } from '../settings/policy-file.ts';
import { CoreError } from './core-error.ts';
import type { PolicyBench } from './policy-bench.ts';

export interface PolicyEditorParts {
  readonly path: string;
  readonly clock: Clock;
  /** Of the file as it was last read. */
  readonly problems: () => readonly PolicyTextProblem[];
  readonly check: (text: string) => Promise<PolicyCheck>;
  readonly edit: PolicyBench['edit'];
  /** Resolves when the policy of the file is in force. */
  readonly takeOver: () => Promise<unknown>;
  readonly exchange: (id: string) => ExchangeRecord | undefined;
}

export interface SaveRequest {
  readonly text: string;
  /** Hash of the file as it was loaded. */
  readonly basedOn: string;
  /** The person has agreed to what it weakens. */
  readonly accepted: boolean;
}

export interface PolicyEditor {
  document(): Promise<PolicyDocument>;
  save(request: SaveRequest): Promise<PolicySaved>;
  /** Rejects where the file is not the one with this hash any more. */
  undo(hash: string): Promise<PolicyDocument>;
  /** `finding`: its fingerprint. */
  allowFinding(exchange: string, finding: string): Promise<PolicyAllowed>;
}

const longestText = 1024 * 1024;

export function createPolicyEditor(parts: PolicyEditorParts): PolicyEditor {
  const { path, clock, check } = parts;
  /** What the last save replaced, and what it made. Memory only. */
  let last: { readonly before: string; readonly hash: string } | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  const document = async (): Promise<PolicyDocument> => {
    const { text, hash } = await readPolicyText(path);
    if (text.length > longestText)
      throw new CoreError('policy', `Shorten ${path} to 1 MiB at most, then open it here.`);
    const problems = parts.problems().map((each) => ({ ...each }));
    return { path, text, hash, problems, canUndo: last?.hash === hash };
  };

  /** Undefined: somebody else has changed the file meanwhile. */
  const write = async (before: PolicyText, text: string): Promise<string | undefined> => {
    const { isWritten, now } = await writePolicyText(path, text, before.hash);
    if (!isWritten) return undefined;
    last = { before: before.text, hash: now.hash };
    await parts.takeOver();
    return now.hash;
  };

  const save = async ({ text, basedOn, accepted }: SaveRequest): Promise<PolicySaved> => {
    const before = await readPolicyText(path);
    const conflict = { state: 'conflict', text: before.text, hash: before.hash } as const;
    if (before.hash !== basedOn) return conflict;
    const { problems, weakenings } = await check(text);
    if (problems.length > 0) return { state: 'invalid', problems };
    // SECURITY: said by the core, so that no window can forget to ask.
    if (weakenings.length > 0 && !accepted) return { state: 'weakens', weakenings };
    const hash = await write(before, text);
    if (hash !== undefined) return { state: 'saved', hash };
    const now = await readPolicyText(path);
    return { state: 'conflict', text: now.text, hash: now.hash };
  };

  const undo = async (hash: string): Promise<PolicyDocument> => {
    const before = await readPolicyText(path);
    if (last?.hash !== hash || before.hash !== hash || (await write(before, last.before)) === undefined)
      throw new CoreError('usage', 'The policy file has changed since; look at it as it is now.');
    return document();
  };

  const allowFinding = async (id: string, fingerprint: string): Promise<PolicyAllowed> => {
    const record = parts.exchange(id);
    const finding = record?.findings.find((each) => each.fingerprint === fingerprint);
    if (record === undefined || finding === undefined)
      throw new CoreError(
        'not-found',
        'This finding is not in the log any more; allow the text in the policy instead.',
      );
    const { rule } = finding;
    // SECURITY: the keys that Scrim stores are among them.
    if (rule.startsWith('known:'))
      throw new CoreError(
        'usage',
        `This is a value that is always masked; take "${rule.slice(6)}" out of the known values first.`,
      );
    const before = await readPolicyText(path);
    const entry = `fingerprint:${fingerprint}`;
    const allowed = parsePolicy(before.text).policy?.masking.allow ?? [];
    if (allowed.includes(entry)) return { rule, state: 'already', hash: before.hash };
    const note = plain(`${new Date(clock.now()).toISOString().slice(0, 10)} not a secret: ${rule}, ${record.client}`);
    const text = await parts.edit({
      text: before.text,
      edits: [{ kind: 'add', path: ['masking', 'allow'], value: entry }],
      note,
    });
    const [problem] = (await check(text)).problems;
    if (problem !== undefined)
      throw new CoreError('policy', `Correct the policy first, line ${problem.line}: ${problem.message}`);
    const hash = await write(before, text);
    if (hash === undefined) throw new CoreError('usage', 'The policy file has just been changed; try again.');
    return { rule, state: 'allowed', hash };
  };

  return {
    document,
    save: (request) => inTurn(() => save(request)),
    undo: (hash) => inTurn(() => undo(hash)),
    allowFinding: (exchange, finding) => inTurn(() => allowFinding(exchange, finding)),
  };
}

/** A client names itself as it likes: in a comment, it stays one line of harmless characters. */
function plain(text: string): string {
  return text
    .replace(/[^\w.,:/+() -]+/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 120)
    .trim();
}
