// scrim setup: what is changed is printed line by line.

import { CoreError } from '../core/core-error.ts';
import { defaultListen } from '../core/machine.ts';
import { openSetup, type Setup, type SetupOutcome } from '../core/setup.ts';
import { common } from './inspect.ts';
import { outliveReader, printJson, printLine, table, tell, type GlobalOptions } from './output.ts';

export interface SetupFlags {
  readonly undo?: boolean;
  readonly dryRun?: boolean;
  readonly list?: boolean;
}

/** 1 when a client was refused. */
export async function setup(client: string | undefined, flags: SetupFlags, global: GlobalOptions): Promise<number> {
  const opened = await openSetup(common(global));
  if (flags.list === true) {
    if (client !== undefined || flags.undo === true || flags.dryRun === true)
      throw new CoreError('usage', 'Write --list alone: it shows every client and changes nothing.');
    return await list(opened, global);
  }
  const isUndo = flags.undo === true;
  const isDryRun = flags.dryRun === true;
  // Whoever reads may go away (head): what was begun is done to its end.
  outliveReader();
  let count = 0;
  let refused = 0;
  for await (const outcome of opened.change({ client, isUndo, isDryRun })) {
    count += 1;
    if (outcome.problem !== undefined) refused += 1;
    if (global.json === true) printJson({ ...outcome, problem: outcome.problem ?? null });
    else print(outcome, isUndo);
  }
  if (count === 0)
    tell(
      isUndo
        ? 'No client is set up: there is nothing to take back.'
        : 'No assistant was found; scrim setup --list names what can be set up.',
    );
  else if (!isUndo && refused < count) tellAddresses(opened, isDryRun);
  return refused > 0 ? 1 : 0;
}

async function list(opened: Setup, global: GlobalOptions): Promise<number> {
  const all = await opened.list();
  if (global.json === true) for (const each of all) printJson(each);
  else printLine(table(all.map(({ client, status, title }) => [client, status, title])));
  return 0;
}

function print({ client, title, steps, advice, problem }: SetupOutcome, isUndo: boolean): void {
  if (problem !== undefined) {
    tell(`${title}: ${problem}`);
    return;
  }
  if (steps.length === 0) printLine(`${title}: ${isUndo ? 'nothing of Scrim is there' : 'already set up'}.`);
  else printLine(`${title} (scrim setup ${client}${isUndo ? '' : ' --undo takes it back'})`);
  for (const { target, lines } of steps) printLine([`  ${target}`, ...lines.map((line) => `    ${line}`)].join('\n'));
  for (const sentence of advice) printLine(`  ${sentence}`);
}

function tellAddresses({ addresses: { proxy, isRunning }, usersProxy }: Setup, isDryRun: boolean): void {
  const isUsual = proxy === `http://${defaultListen}`;
  if (!isUsual) tell(`Scrim runs at ${proxy}: that is the address clients are given.`);
  if (usersProxy !== undefined)
    tell(`Your programs reach the net through ${usersProxy}: start Scrim with --upstream-proxy and its URL.`);
  if (isRunning) return;
  tell(
    isDryRun
      ? `Clients would be led to ${proxy}, where Scrim is not running now.`
      : `Scrim is not running at ${proxy}: until scrim start runs, these clients fail.`,
  );
}
