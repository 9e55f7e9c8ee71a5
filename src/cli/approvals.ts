// scrim approvals: what waits for a person, the answers, and what was remembered of them.

import { createInterface } from 'node:readline/promises';
import { fetchGrants, fetchQuestions, giveAnswer, revokeGrant } from '../core/approvals.ts';
import { CoreError } from '../core/core-error.ts';
import { describeQuestion, oneLine } from '../core/question-text.ts';
import type { AnswerScope, Question } from '../contract/questions.ts';
import { common } from './inspect.ts';
import { printJson, printLine, sentence, table, tell, type GlobalOptions } from './output.ts';

export interface AnswerFlags {
  readonly session?: boolean;
  readonly minutes?: string;
  readonly always?: boolean;
  readonly reason?: string;
}

export async function approvalsList(flags: { readonly all?: boolean }, global: GlobalOptions): Promise<number> {
  const { open, ended } = await fetchQuestions(common(global));
  const past = flags.all === true ? ended : [];
  if (global.json === true) {
    for (const question of open) printJson({ state: 'open', ...question });
    for (const { question, answer } of past) printJson({ state: 'ended', ...question, answer });
    return 0;
  }
  if (open.length === 0) tell('Nothing waits for an answer.');
  for (const question of open) printLine(`${describeQuestion(question, Date.now())}\n`);
  const rows = past.map(({ question, answer }) => [
    question.id,
    `${answer.verdict} by ${answer.by}`,
    question.program,
    oneLine(question.action),
  ]);
  if (rows.length > 0) printLine(table(rows));
  return 0;
}

export async function approvalsAnswer(
  verdict: 'allow' | 'deny',
  id: string,
  flags: AnswerFlags,
  global: GlobalOptions,
): Promise<number> {
  // SECURITY: an assistant runs commands without a terminal. The running instance looks at the process itself once more.
  if (!process.stdin.isTTY)
    throw new CoreError('refused', 'Answer in an interactive terminal: an answer from a script does not count.');
  await giveAnswer(common(global), id, {
    verdict,
    scope: scopeOf(flags),
    note: flags.reason ?? '',
  });
  if (global.json === true) printJson({ id, verdict, taken: true });
  else printLine(`${id}: ${verdict === 'allow' ? 'allowed' : 'denied'}.`);
  return 0;
}

export async function approvalsGrants(global: GlobalOptions): Promise<number> {
  const grants = await fetchGrants(common(global));
  if (global.json === true) for (const grant of grants) printJson(grant);
  else if (grants.length === 0) tell('No answer is remembered.');
  else
    printLine(
      table(
        grants.map(({ id, verdict, scope, expiresAt, program, folder, action }) => [
          id,
          verdict,
          expiresAt === null ? scope.kind : `until ${new Date(expiresAt).toISOString()}`,
          program,
          folder ?? '-',
          oneLine(action),
        ]),
      ),
    );
  return 0;
}

export async function approvalsRevoke(id: string, global: GlobalOptions): Promise<number> {
  if (!process.stdin.isTTY)
    throw new CoreError('refused', 'Revoke in an interactive terminal: a script may be the assistant itself.');
  await revokeGrant(common(global), id);
  if (global.json === true) printJson({ id, revoked: true });
  else printLine(`${id} is revoked.`);
  return 0;
}

/** Milliseconds between two looks at the running instance. */
const lookEvery = 500;

/** Shows questions as they come; in a terminal it takes the answers too. Ends with the instance. */
export async function approvalsWatch(global: GlobalOptions): Promise<number> {
  const asks = process.stdin.isTTY && process.stdout.isTTY && global.json !== true;
  const seen = new Set<string>();
  let { open } = await fetchQuestions(common(global));
  if (global.json !== true) tell('Waiting for questions; Ctrl-C ends this.');
  for (;;) {
    for (const question of open) {
      if (seen.has(question.id)) continue;
      seen.add(question.id);
      if (global.json === true) printJson({ event: 'question', ...question });
      else printLine(`${describeQuestion(question, Date.now())}\n`);
      if (asks) await askHere(question, global);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEvery));
    try {
      ({ open } = await fetchQuestions(common(global)));
    } catch {
      tell('Scrim has stopped.');
      return 0;
    }
  }
}

async function askHere(question: Question, global: GlobalOptions): Promise<void> {
  const reader = createInterface({
    input: process.stdin,
    output: process.stdout,
  });
  const answered = new AbortController();
  const look = setInterval(() => {
    void fetchQuestions(common(global)).then(
      ({ open }) => (open.some(({ id }) => id === question.id) ? undefined : answered.abort()),
      () => answered.abort(),
    );
  }, lookEvery);
  try {
    const typed = (
      await reader.question('Allow this once? [y/N] ', {
        signal: answered.signal,
      })
    )
      .trim()
      .toLowerCase();
    const verdict = typed === 'y' || typed === 'yes' ? 'allow' : 'deny';
    await giveAnswer(common(global), question.id, {
      verdict,
      scope: { kind: 'once' },
      note: '',
    });
    printLine(`${question.id}: ${verdict === 'allow' ? 'allowed' : 'denied'}.\n`);
  } catch (error) {
    printLine(answered.signal.aborted ? '\nIt has been answered elsewhere, or in time by nobody.\n' : sentence(error));
  } finally {
    clearInterval(look);
    reader.close();
  }
}

function scopeOf({ session, minutes, always }: AnswerFlags): AnswerScope {
  if ([session === true, minutes !== undefined, always === true].filter(Boolean).length > 1)
    throw new CoreError('usage', 'Give one of --session, --minutes and --always.');
  if (session === true) return { kind: 'session' };
  if (always === true) return { kind: 'always' };
  if (minutes === undefined) return { kind: 'once' };
  const count = Number(minutes);
  if (!(count > 0 && count <= 525_600)) throw new CoreError('usage', 'Give --minutes a number of at least one.');
  return { kind: 'minutes', minutes: count };
}
