// scrim sessions replay: a session or an exchange as it came, or what another policy would have made of it.

import { styleText } from 'node:util';
import { setTimeout as after } from 'node:timers/promises';
import { CoreError } from '../core/core-error.ts';
import { openLog } from '../core/inspect.ts';
import { play, replayOf, type ReplayEvent } from '../core/replay.ts';
import { createReplayWriter, type ReplayPaint } from '../core/replay-text.ts';
import { describeWhatIf, openWhatIf } from '../core/replay-what-if.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import { common } from './inspect.ts';
import { printJson, printLine, tell, type GlobalOptions } from './output.ts';

export interface ReplayFlags {
  readonly speed?: string;
  readonly maxPause?: string;
  /** Of this command alone: the policy of the what-if. */
  readonly policy?: string;
}

/** As many exchanges of a session as are replayed. */
const mostExchanges = 1_000;

export async function sessionsReplay(id: string, flags: ReplayFlags, global: GlobalOptions): Promise<number> {
  const isJson = global.json === true;
  // A program wants the events, not the waiting, unless it says so.
  const speed = numberOf(flags.speed ?? (isJson ? '0' : '1'), '--speed');
  const longestPause = flags.maxPause === undefined ? Infinity : 1000 * numberOf(flags.maxPause, '--max-pause');
  const log = openLog(common(global));
  const one = log.exchange(id);
  const exchanges = one === undefined ? log.exchanges(id, mostExchanges) : [one];
  if (exchanges.length === 0)
    throw new CoreError('not-found', `There is no session or exchange "${id}"; scrim sessions list names them.`);
  if (exchanges.length === mostExchanges) tell(`The session is long: these are its last ${mostExchanges} exchanges.`);
  if (flags.policy !== undefined) return whatIf(exchanges, flags.policy, global);

  const stop = new AbortController();
  const interrupted = (): void => stop.abort();
  process.once('SIGINT', interrupted);
  const writer = createReplayWriter(colours());
  const show = (event: ReplayEvent): void => {
    if (isJson) process.stdout.write(`${safeJson(event)}\n`);
    else process.stdout.write(writer.write(event));
  };
  try {
    await play(
      replayOf(exchanges, (exchange) => log.timeline(exchange)),
      show,
      {
        speed,
        longestPause,
        signal: stop.signal,
        timer: {
          now: () => performance.now(),
          sleep: (delay, signal) => after(delay, undefined, { signal }).catch(() => undefined),
        },
      },
    );
    if (!isJson) process.stdout.write(writer.finish());
  } finally {
    process.off('SIGINT', interrupted);
  }
  return 0;
}

async function whatIf(exchanges: readonly ExchangeRecord[], policy: string, global: GlobalOptions): Promise<number> {
  const judge = await openWhatIf({ ...common(global), policy });
  let different = 0;
  for (const exchange of exchanges) {
    const outcome = judge(exchange);
    if (outcome.changes.length > 0) different++;
    if (global.json === true) process.stdout.write(`${safeJson(outcome)}\n`);
    else if (outcome.changes.length > 0) printLine(`${describeWhatIf(outcome, exchange)}\n`);
  }
  if (global.json !== true) {
    const all = exchanges.length === 1 ? 'the exchange' : `${exchanges.length} exchanges`;
    printLine(
      different === 0
        ? `Under ${policy}, ${all} would have come out the same, as far as the log can tell.`
        : `Under ${policy}, ${different} of ${all} would have come out differently.`,
    );
    printLine('What was masked stays masked: the log never held it, so no policy brings it back.');
  } else printJson({ event: 'summary', exchanges: exchanges.length, different });
  return 0;
}

function numberOf(text: string, flag: string): number {
  const number = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(number)) throw new CoreError('usage', `Write ${flag} as a number of 0 or more, such as 2 or 0.5.`);
  return number;
}

/** JSON leaves in place what a terminal may obey (DEL, C1 controls) or reorder; all of it may be written as an escape. */
function safeJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function colours(): ReplayPaint {
  // styleText asks the stream: no colours without a terminal, or with NO_COLOR.
  const style =
    (...format: Parameters<typeof styleText>[0] & readonly string[]) =>
    (text: string) =>
      styleText(format, text, { stream: process.stdout });
  return {
    title: style('bold'),
    aside: style('dim'),
    reasoning: style('dim', 'italic'),
    call: style('cyan'),
    mask: style('inverse', 'green'),
    warning: style('yellow'),
  };
}
