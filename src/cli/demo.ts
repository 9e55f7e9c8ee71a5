// scrim demo: what the model sent, what the client got, what the log keeps, side by side in a plain terminal.

import { styleText } from 'node:util';
import { CoreError } from '../core/core-error.ts';
import { runDemo, type Demo } from '../core/demo.ts';
import { demoDangerous, demoSecrets, type DemoDelta } from '../core/demo-answers.ts';
import type { DemoCall } from '../core/demo-call.ts';
import { describe } from './inspect.ts';
import { printJson, printLine, type GlobalOptions } from './output.ts';

export async function demo(global: GlobalOptions): Promise<number> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const startedAt = performance.now();
  if (global.json !== true)
    printLine('Scrim demo: a model server, a Scrim and two clients, all on this machine.\nNo account, no network.');
  const shown = await runDemo({ env: process.env, signal: stopping.signal });
  process.off('SIGINT', stop).off('SIGTERM', stop);
  const milliseconds = Math.round(performance.now() - startedAt);
  if (global.json === true) printEvents(shown, milliseconds);
  else printPages(shown, milliseconds);
  const wrong = shown.checks.find(({ ok }) => !ok);
  if (wrong !== undefined)
    throw new CoreError(
      'demo',
      `Please report this with the output of "scrim demo --json": it is not so that ${wrong.claim}.`,
    );
  return 0;
}

function printEvents({ calls, checks }: Demo, milliseconds: number): void {
  for (const { host, way, client, request, sent, got, record } of calls)
    printJson({ event: 'call', host, way, client, request, sent, got: got.deltas, log: record });
  for (const { ok, claim } of checks) printJson({ event: 'check', ok, claim });
  printJson({ event: 'done', ok: checks.every(({ ok }) => ok), milliseconds });
}

function printPages({ ready, calls, checks }: Demo, milliseconds: number): void {
  const ways = {
    proxy: `through the proxy: HTTPS_PROXY=${ready.proxy}\nand NODE_EXTRA_CA_CERTS=<Scrim's certificate>`,
    gateway: `through the gateway: ANTHROPIC_BASE_URL=${ready.gateway}/anthropic`,
  };
  calls.forEach((call, i) => {
    printLine(`\n${bold(`${i + 1}. ${named(call.client)} asks ${call.host}`)}\n${indent(ways[call.way])}\n`);
    printLine(sideBySide(call));
    if (call.refusal !== null) printLine(refused(call.refusal));
    printLine(`\n   ${dim('the log keeps (scrim sessions show)')}\n${indent(folded(describe(call.record)))}`);
  });
  printLine(`\n${bold('Checked')}`);
  for (const { ok, claim } of checks) printLine(`   ${ok ? green('✓') : red('✗')} ${claim}`);
  printLine(`\nDone in ${(milliseconds / 1000).toFixed(1)} s; nothing is left behind. For real use:`);
  printLine('   npm start                                 proxy and gateway on 127.0.0.1:8877');
  printLine('   npm run --silent scrim -- run -- claude   one command through Scrim');
}

/** A held call, and what came of it. */
function refused(refusal: string): string {
  return `   ${dim('then a tool call, Bash:')}\n   ${red(demoDangerous)}\n   ${dim('it was held and denied; the client got, as ordinary text:')}\n${indent(folded(green(refusal)))}`;
}

/** The User-Agent says "node" for a program without an SDK. */
function named(client: string): string {
  return client === 'node' ? 'A program with plain fetch' : `The SDK ${client}`;
}

const width = 36;

/** A row for each delta; a delta that is now empty shows as a dot. */
function sideBySide({ sent, got: { deltas } }: DemoCall): string {
  const left = coloured(sent, new RegExp(demoSecrets.join('|'), 'g'), red);
  const right = coloured(deltas, /MASKED_[A-Z_]+_[0-9a-f]{8}/g, green);
  const lines = [
    `   ${dim('the model sent'.padEnd(width))}  ${dim('the client got')}`,
    `   ${dim('─'.repeat(width))}  ${dim('─'.repeat(width))}`,
  ];
  for (let row = 0; row < Math.max(left.length, right.length); row++) {
    if (sent[row]?.channel === 'tool call' && sent[row - 1]?.channel === 'text')
      lines.push(`   ${dim('then a tool call, write_file:')}`);
    const [a = [], b = []] = [left[row], right[row]];
    for (let line = 0; line < Math.max(a.length, b.length); line++)
      lines.push(`   ${a[line] ?? ' '.repeat(width)}  ${b[line] ?? ''}`.trimEnd());
  }
  return lines.join('\n');
}

/** The lines of each delta, padded; what `marked` matches in the joined text of its channel has a colour. */
function coloured(deltas: readonly DemoDelta[], marked: RegExp, colour: (text: string) => string): string[][] {
  const inColour = { text: spansOf('text'), 'tool call': spansOf('tool call') };
  const taken = { text: 0, 'tool call': 0 };
  return deltas.map(({ channel, text }) => {
    const start = taken[channel];
    taken[channel] += text.length;
    if (text === '') return [dim('·'.padEnd(width))];
    const lines: string[] = [];
    for (let at = 0; at < text.length; at += width) {
      const line = text.slice(at, at + width);
      const marks = Array.from(line, (_, i) => (inColour[channel].has(start + at + i) ? '1' : '0')).join('');
      const runs = [...marks.matchAll(/0+|1+/g)].map(({ index, 0: run }) => {
        const piece = line.slice(index, index + run.length);
        return run.startsWith('1') ? colour(piece) : piece;
      });
      lines.push(runs.join('') + ' '.repeat(width - line.length));
    }
    return lines;
  });

  function spansOf(channel: DemoDelta['channel']): Set<number> {
    const joined = deltas.map((delta) => (delta.channel === channel ? delta.text : '')).join('');
    const spans = new Set<number>();
    for (const { index, 0: found } of joined.matchAll(marked))
      for (let i = 0; i < found.length; i++) spans.add(index + i);
    return spans;
  }
}

/** Lines of at most 77 columns; what is folded stands a little further in. */
function folded(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const lines: string[] = [];
      const hang = `${/^ */.exec(line)?.[0] ?? ''}    `;
      let rest = line;
      while (rest.length > 77) {
        const space = rest.lastIndexOf(' ', 77);
        const end = space > hang.length ? space : 77;
        lines.push(rest.slice(0, end));
        rest = hang + rest.slice(end).trimStart();
      }
      return [...lines, rest];
    })
    .join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '   ');
}

// styleText asks the stream: no colours without a terminal, or with NO_COLOR.
const styled = (style: 'bold' | 'dim' | 'red' | 'green') => (text: string) =>
  styleText(style, text, { stream: process.stdout });
const bold = styled('bold');
const dim = styled('dim');
const red = styled('red');
const green = styled('green');
