// What Scrim costs: `npm run bench`, or `node test/bench/proxy.ts [--only requests|body|burst|latency|PART OF A NAME] [--rounds N]
// [--json FILE] [--scrim "ARGUMENTS OF NODE"]`. One run compares no proxy, http-mitm-proxy (passing, without a filter) and
// Scrim (masking and log on) on the same server. Every process shares the same cores, so the ratios count, not the values.
// The last columns are the proxies' own processor time for one request, megabyte, stream or event.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeSecret } from '../support/secrets.ts';
import type { BodyShape, Job, Result, Target } from './proxy-jobs.ts';
import { cpuTime, startProcesses, type Processes } from './proxy-processes.ts';

type Variant = 'direct' | 'peer' | 'scrim' | 'gateway';
type Group = 'requests' | 'body' | 'burst' | 'latency';

interface Measure {
  readonly group: Group;
  readonly name: string;
  readonly unit: string;
  readonly variants: readonly Variant[];
  readonly job: (target: Target) => Job;
}

const all: readonly Variant[] = ['direct', 'peer', 'scrim', 'gateway'];
const proxies: readonly Variant[] = ['direct', 'peer', 'scrim'];

const requests = (connections: number, method: 'GET' | 'POST'): Measure => ({
  group: 'requests',
  name: `${method === 'POST' ? 'POST requests' : 'requests'}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
  unit: '1/s',
  variants: all,
  job: (target) => ({ kind: 'requests', target, connections, method, warmMs: 200, ms: 700 }),
});
const body = (shape: BodyShape, name: string): Measure => ({
  group: 'body',
  name: `10 MB JSON, ${name}`,
  unit: 'MB/s',
  variants: proxies,
  job: (target) => ({ kind: 'body', target, shape, times: 3 }),
});
const latency = (streams: number): Measure => ({
  group: 'latency',
  name: `event, ${streams} ${streams === 1 ? 'stream' : 'streams'}`,
  unit: 'ms',
  variants: proxies,
  job: (target) => ({ kind: 'latency', target, streams, events: 420 }),
});
const measures: readonly Measure[] = [
  requests(1, 'GET'),
  requests(16, 'GET'),
  requests(64, 'GET'),
  requests(64, 'POST'),
  body('string', 'one string'),
  body('list', 'list of objects'),
  body('numbers', 'numbers'),
  {
    group: 'burst',
    name: 'SSE, 16 streams of 2,000 events',
    unit: 'streams/s',
    variants: proxies,
    job: (target) => ({ kind: 'burst', target, streams: 16, events: 2000, times: 2 }),
  },
  latency(1),
  latency(16),
];

interface Expectation {
  readonly text: string;
  readonly value: number;
  readonly ok: boolean;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

type Measured = Result & { /** Microseconds of the proxy's own time for one of `done`. */ readonly cpu?: number };
type Figure = 'perSecond' | 'p50' | 'p99' | 'cpu';

/** Every round's figures of one measure. */
class Figures {
  readonly #rounds = new Map<Variant, Measured[]>();

  add(variant: Variant, result: Measured): void {
    this.#rounds.set(variant, [...(this.#rounds.get(variant) ?? []), result]);
  }

  #each(variant: Variant, key: Figure): number[] {
    return (this.#rounds.get(variant) ?? []).map((result) => result[key] ?? NaN);
  }

  value(variant: Variant, key: Figure = 'perSecond'): number {
    return median(this.#each(variant, key));
  }

  /** Within a round first: what else the machine did then, it did to both. */
  ratio(variant: Variant, to: Variant): number {
    const others = this.#each(to, 'perSecond');
    return median(this.#each(variant, 'perSecond').map((value, round) => value / (others[round] ?? NaN)));
  }

  added(variant: Variant, key: 'p50' | 'p99'): number {
    const direct = this.#each('direct', key);
    return median(this.#each(variant, key).map((value, round) => value - (direct[round] ?? NaN)));
  }
}

function memory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1]) / 1024;
  } catch {
    // Not on this system.
    return NaN;
  }
}

async function checkMasking({ run, serverPort, scrim }: Processes, secret: string): Promise<void> {
  for (const shape of ['string', 'list', 'numbers'] as const) {
    const direct = await run({ kind: 'probe', target: { via: 'direct', port: serverPort }, shape, secret });
    const masked = await run({ kind: 'probe', target: { via: 'proxy', port: scrim.port }, shape, secret });
    if (direct.secretArrived !== true || masked.secretArrived !== false)
      throw new Error('Masking is not on: the secret of the bench came through, or was never sent.');
  }
}

async function measure(
  processes: Processes,
  chosen: readonly Measure[],
  rounds: number,
): Promise<Map<Measure, Figures>> {
  const { serverPort, peerPort, peerPid, scrim, run } = processes;
  const targets: Record<Variant, Target> = {
    direct: { via: 'direct', port: serverPort },
    peer: { via: 'proxy', port: peerPort },
    scrim: { via: 'proxy', port: scrim.port },
    gateway: { via: 'gateway', port: scrim.port },
  };
  const figures = new Map(chosen.map((each) => [each, new Figures()]));
  // Once before it counts: every process has compiled its code then.
  for (const each of chosen)
    for (const variant of each.variants) if (each.group !== 'latency') await run(each.job(targets[variant]));
  for (let round = 0; round < rounds; round++)
    for (const [each, found] of figures)
      for (const variant of each.variants) {
        const pid = { direct: undefined, peer: peerPid, scrim: scrim.pid, gateway: scrim.pid }[variant];
        const before = pid === undefined ? 0 : cpuTime(pid);
        const result = await run(each.job(targets[variant]));
        if (pid === undefined) found.add(variant, result);
        else found.add(variant, { ...result, cpu: ((cpuTime(pid) - before) * 1000) / result.done });
      }
  return figures;
}

function tableOf(figures: Map<Measure, Figures>): string[][] {
  const rows = [['', 'direct', 'http-mitm-proxy', 'Scrim', 'to direct', 'to peer', 'gateway', 'peer µs', 'Scrim µs']];
  for (const [{ name, unit, variants, group }, found] of figures) {
    const times = (['peer', 'scrim'] as const).map((variant) => found.value(variant, 'cpu').toFixed(0));
    if (group === 'latency') {
      for (const key of ['p50', 'p99'] as const) {
        const [direct, peer, scrim] = proxies.map((variant) => found.value(variant, key).toFixed(2));
        rows.push([
          `${name}, ${key} (${unit})`,
          direct ?? '',
          peer ?? '',
          scrim ?? '',
          `+${found.added('scrim', key).toFixed(2)}`,
          '',
          '',
          ...times,
        ]);
      }
      continue;
    }
    const digits = found.value('direct') < 1000 ? 1 : 0;
    const values = proxies.map((variant) => found.value(variant).toFixed(digits));
    const ratios = (['direct', 'peer'] as const).map((to) => found.ratio('scrim', to).toFixed(2));
    const gateway = variants.includes('gateway') ? found.value('gateway').toFixed(digits) : '';
    rows.push([`${name} (${unit})`, ...values, ...ratios, gateway, ...times]);
  }
  return rows;
}

function expectations(figures: Map<Measure, Figures>, idle: number, peak: number): Expectation[] {
  const list: Expectation[] = [];
  const atLeast = (text: string, value: number, bound: number): void => {
    list.push({ text: `${text} at least ${bound}`, value, ok: value >= bound });
  };
  const atMost = (text: string, value: number, bound: number, unit: string): void => {
    list.push({ text: `${text} at most ${bound} ${unit}`, value, ok: value <= bound });
  };
  for (const [{ group, name }, found] of figures) {
    if (name === 'requests, 64 connections') atLeast(`${name}, to http-mitm-proxy`, found.ratio('scrim', 'peer'), 1.3);
    if (group === 'body' && !name.endsWith('numbers'))
      atLeast(`${name}, to direct`, found.ratio('scrim', 'direct'), 0.25);
    if (group === 'burst') atLeast(`${name}, to direct`, found.ratio('scrim', 'direct'), 0.5);
    if (group === 'latency') {
      atMost(`${name}, p50 over direct`, found.added('scrim', 'p50'), 0.2, 'ms');
      atMost(`${name}, p99 over direct`, found.added('scrim', 'p99'), 1.5, 'ms');
    }
  }
  atMost('memory idle', idle, 100, 'MB');
  atMost('memory over the whole bench', peak, 200, 'MB');
  return list;
}

function print(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    console.log(
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    );
}

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
    // As package.json starts it.
    scrim: { type: 'string', default: '--max-semi-space-size=8 build/scrim.js' },
  },
});
const rounds = Number(flags.rounds);
const { only } = flags;
if (
  !measures.some(({ group, name }) => only === undefined || group === only || name.includes(only)) ||
  !(rounds >= 1)
) {
  console.error(
    'Write --only as requests, body, burst, latency or a part of a name in the table, --rounds as a number.',
  );
  process.exit(2);
}

const begun = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'scrim-bench-'));
const secret = makeSecret('anthropic', 'bench');
const processes = await startProcesses(folder, flags.scrim.split(/\s+/), secret);
let peak = 0;
try {
  await sleep(1000);
  const { pid } = processes.scrim;
  const idle = memory(pid, 'VmRSS');
  await checkMasking(processes, secret);
  const chosen = measures.filter(({ group, name }) => only === undefined || group === only || name.includes(only));
  const figures = await measure(processes, chosen, rounds);
  peak = memory(pid, 'VmHWM');
  const cores = cpus();
  const machine = `${cores.length} cores (${cores[0]?.model.trim() ?? 'unknown'}), Node ${process.version}, load ${loadavg()[0]?.toFixed(1) ?? '?'}, ${rounds} rounds, ${((performance.now() - begun) / 1000).toFixed(0)} s`;
  const met = expectations(figures, idle, peak);
  const rows = tableOf(figures);
  console.log(`${machine}\n`);
  print(rows);
  console.log(`\nmemory of Scrim: ${idle.toFixed(0)} MB idle, ${peak.toFixed(0)} MB at most\n`);
  for (const { text, value, ok } of met) console.log(`${ok ? 'ok    ' : 'MISSED'}  ${text}: ${value.toFixed(2)}`);
  if (flags.json !== undefined)
    writeFileSync(flags.json, `${JSON.stringify({ machine, rows, idle, peak, expectations: met }, null, 2)}\n`);
} finally {
  await processes.end();
  rmSync(folder, { recursive: true, force: true });
}
