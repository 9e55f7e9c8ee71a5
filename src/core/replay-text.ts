// A replay for a terminal: every line of recorded text stands behind a bar, so that no text can pass for a line of ours,
// and nothing in it can steer the terminal.

import { shownLine, shownText } from '../contract/shown-text.ts';
import { lastSaid, type ReplayEvent } from './replay.ts';

/** How a stretch of text looks; without colours each gives its text back. */
export interface ReplayPaint {
  readonly title: (text: string) => string;
  readonly aside: (text: string) => string;
  readonly reasoning: (text: string) => string;
  readonly call: (text: string) => string;
  readonly mask: (text: string) => string;
  readonly warning: (text: string) => string;
}

/** Of the named styles and of templates made like them. */
const masks = /MASKED_[A-Z0-9_]+_[0-9a-f]{8}|\*{3}MASKED(?::[\w.-]+)?\*{3}/gu;

/** Characters of a request that are shown. */
const longestRequest = 2_000;
const longestAction = 4_000;

export interface ReplayWriter {
  /** What to write for the event. */
  write(event: ReplayEvent): string;
  /** Ends the line that is open. */
  finish(): string;
}

export function createReplayWriter(paint: ReplayPaint): ReplayWriter {
  /** Exchange and channel of the text that is being written; the line is open. */
  let open: string | undefined;
  let current: string | undefined;
  /** Half a pair of surrogates, by exchange and channel: the other half comes with the next delta. */
  const halves = new Map<string, string>();

  const finish = (): string => {
    const end = open === undefined ? '' : '\n';
    open = undefined;
    return end;
  };
  const lines = (text: string): string => finish() + text;
  const of = (exchange: string): string => {
    const changed = exchange !== current && current !== undefined;
    current = exchange;
    return changed ? `${shownLine(exchange)} ` : '';
  };
  const delta = (exchange: string, channel: string, text: string): string => {
    const key = `${exchange}\n${channel}`;
    let whole = (halves.get(key) ?? '') + text;
    halves.delete(key);
    if (/[\ud800-\udbff]$/.test(whole)) {
      halves.set(key, whole.slice(-1));
      whole = whole.slice(0, -1);
    }
    if (whole === '') return '';
    const begins = open !== key;
    const title = begins ? `${finish()}${paint.aside(`${of(exchange)}${shownLine(channel)}`)}\n${bar}` : '';
    open = key;
    return title + barred(painted(whole, styleOf(channel)));
  };
  const styleOf = (channel: string): ((text: string) => string) => {
    if (/^(thinking|reasoning|thought)/.test(channel)) return paint.reasoning;
    if (channel.startsWith('tool call')) return paint.call;
    return channel.startsWith('refusal') ? paint.warning : (text) => text;
  };
  const painted = (text: string, style: (text: string) => string): string => {
    const shown = shownText(text);
    let out = '';
    let at = 0;
    for (const { index, 0: mask } of shown.matchAll(masks)) {
      out += styled(shown.slice(at, index), style) + paint.mask(mask);
      at = index + mask.length;
    }
    return out + styled(shown.slice(at), style);
  };
  const block = (text: string, longest: number, style = (part: string): string => part): string => {
    const rest = text.length - longest;
    const shown = bar + barred(painted(text.slice(0, longest), style));
    return rest > 0 ? `${shown}\n${bar}${paint.aside(`… ${rest} more characters`)}\n` : `${shown}\n`;
  };

  return {
    finish,
    write(event) {
      switch (event.event) {
        case 'begin': {
          current = event.exchange;
          const { startedAt, method, scheme, host, port, path, client, model, request } = event;
          const place = `${scheme}://${host}:${port}${path}`;
          const title = paint.title(`▶ ${shownLine(event.exchange)}  ${new Date(startedAt).toISOString()}`);
          const what = shownLine(`  ${method} ${place}, model ${model ?? 'unknown'}, client ${client}`);
          const asked =
            request === null || request === ''
              ? ''
              : `${paint.aside('request')}\n${block(lastSaid(request), longestRequest)}`;
          return lines(`${title}\n${what}\n${asked}`);
        }
        case 'delta':
          return delta(event.exchange, event.channel, event.text);
        case 'hold':
          return lines(
            `${paint.warning(`⏸ ${of(event.exchange)}${whatOf(event)} waits for an answer`)}${why(event)}\n`,
          );
        case 'verdict': {
          const waited = event.waited === null ? '' : ` after ${seconds(event.waited)}`;
          const note = event.note === null ? '' : `: ${shownLine(event.note)}`;
          const title = `⏵ ${of(event.exchange)}${whatOf(event)}: ${event.verdict} by ${event.by}${waited}${note}`;
          return lines(`${paint.warning(title)}${why(event)}\n${block(event.action, longestAction)}`);
        }
        case 'silence':
          return lines(paint.aside(`… ${seconds(event.lasted)} of silence`) + '\n');
        case 'end': {
          const { state, status, failure, reason, usage, findings } = event;
          const parts = [
            state,
            ...(status === null ? [] : [`status ${status}`]),
            ...(failure === null ? [] : [shownLine(`${failure}: ${reason ?? ''}`)]),
            ...(usage === null ? [] : [`tokens ${usage.input ?? '?'} in, ${usage.output ?? '?'} out`]),
            `${findings} ${findings === 1 ? 'finding' : 'findings'}`,
          ];
          const label = of(event.exchange);
          return lines(`${paint.title(`■ ${label}${parts.join(', ')}`)}\n\n`);
        }
      }
    },
  };
}

const bar = '│ ';

function barred(text: string): string {
  return text.replaceAll('\n', `\n${bar}`);
}

/** A style ends with its line: the bar has none. */
function styled(text: string, style: (text: string) => string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : style(line)))
    .join('\n');
}

type HeldEvent = Extract<ReplayEvent, { event: 'hold' | 'verdict' }>;

function whatOf({ kind, tool }: HeldEvent): string {
  return kind === 'code' ? `${shownLine(tool) || 'plain'} code` : `tool ${shownLine(tool)}`;
}

function why({ reasons }: HeldEvent): string {
  return reasons.map(({ rule, severity, reason }) => `\n  ${shownLine(`${rule} (${severity}): ${reason}`)}`).join('');
}

function seconds(time: number): string {
  return time < 120_000 ? `${(time / 1000).toFixed(1)} s` : `${Math.round(time / 60_000)} min`;
}
