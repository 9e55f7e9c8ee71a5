// scrim doctor

import { createInterface } from 'node:readline/promises';
import { diagnose } from '../core/doctor.ts';
import { applyFix } from '../core/doctor/apply-fix.ts';
import type { CheckResult, Fix } from '../core/doctor/check.ts';
import { common } from './inspect.ts';
import { printJson, printLine, tell, type GlobalOptions } from './output.ts';

export interface DoctorFlags {
  readonly fix?: true;
}

const words = { ok: 'ok', problem: 'problem', 'not-checked': 'not checked' };

/** 1 when something is wrong. */
export async function doctor({ fix: isToFix }: DoctorFlags, global: GlobalOptions): Promise<number> {
  const results = await diagnose(common(global));
  const problems = results.filter(({ status }) => status === 'problem');
  if (global.json === true) {
    for (const { check, status, why, fix } of results) printJson({ check, status, why, fix: fix?.line ?? null });
  } else {
    const width = Math.max(...results.map(({ check }) => check.length));
    for (const each of results) printLine(line(each, width));
    tell(summary(problems.length));
  }
  if (isToFix === true) await offerFixes(problems, global);
  return problems.length === 0 ? 0 : 1;
}

function line({ check, status, why, fix }: CheckResult, width: number): string {
  const remedy = fix === undefined ? '' : `  Fix: ${fix.line}`;
  return `${words[status].padEnd(11)}  ${check.padEnd(width)}  ${why}${remedy}`;
}

function summary(problems: number): string {
  if (problems === 0) return 'All is well.';
  return `${problems === 1 ? 'One thing is' : `${problems} things are`} wrong; scrim doctor --fix goes through them.`;
}

/** One question for each fix. Without a terminal nothing is changed. */
async function offerFixes(problems: readonly CheckResult[], global: GlobalOptions): Promise<void> {
  const fixes = new Map(problems.flatMap(({ fix }) => (fix === undefined ? [] : [[fix.line, fix] as const])));
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    if (fixes.size > 0) tell('There is no terminal to ask on, so nothing was changed. Run these yourself:');
    for (const text of fixes.keys()) tell(`  ${text}`);
    return;
  }
  // A start comes last: what stands in its way has been dealt with by then.
  const ordered = [...fixes.values()].sort((a, b) => Number(a.how === 'start') - Number(b.how === 'start'));
  for (const fix of ordered) await offer(fix, global);
}

async function offer(fix: Fix, global: GlobalOptions): Promise<void> {
  if (fix.how === 'yourself') {
    tell(`Only you can do this: ${fix.line}`);
    return;
  }
  if (!(await isWanted(fix.line))) return;
  const self = [process.execPath, ...process.execArgv, process.argv[1] ?? ''] as const;
  const isDone = await applyFix(fix, { common: common(global), self });
  tell(isDone ? 'Done.' : `That did not work; run it yourself to see why: ${fix.line}`);
}

/** Enter alone is no. */
async function isWanted(command: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The end of the input (Ctrl-D) answers nothing, and nothing is no.
  const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question(`Run "${command}"? [y/N] `), closed]);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
