// Commands that look: policy, sessions, status, stop.

import {
  checkPolicy,
  fetchStatus,
  openLog,
  placesOf,
  stopInstance,
  writeDefaultPolicy,
  type Common,
} from '../core/inspect.ts';
import { CoreError } from '../core/core-error.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import { printJson, printLine, table, tell, type GlobalOptions } from './output.ts';

export const common = (global: GlobalOptions): Common => ({
  dataDir: global.dataDir,
  policy: global.policy,
  keys: global.keys,
  keysPassphraseFd: global.keysPassphraseFd,
  env: process.env,
});

export function policyPath(global: GlobalOptions): number {
  const { policyFile } = placesOf(common(global));
  if (global.json === true) printJson({ path: policyFile });
  else printLine(policyFile);
  return 0;
}

export async function policyInit(global: GlobalOptions): Promise<number> {
  const path = await writeDefaultPolicy(common(global));
  if (global.json === true) printJson({ path });
  else printLine(path);
  return 0;
}

export async function policyCheck(file: string | undefined, global: GlobalOptions): Promise<number> {
  const { file: path, exists, problems } = await checkPolicy(common(global), file);
  if (global.json === true) {
    printJson({ file: path, ok: problems.length === 0, exists, problems });
    return problems.length === 0 ? 0 : 1;
  }
  for (const { line, column, message } of problems) tell(`${path}:${line}:${column}: ${message}`);
  if (problems.length === 0)
    printLine(exists ? `${path} is valid.` : `There is no policy file at ${path}: the built-in policy is in force.`);
  return problems.length === 0 ? 0 : 1;
}

export function sessionsList(flags: { limit?: string }, global: GlobalOptions): number {
  const limit = flags.limit === undefined ? 50 : Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new CoreError('usage', 'Write --limit as a whole number above 0.');
  const sessions = openLog(common(global)).sessions({ limit });
  if (global.json === true) for (const session of sessions) printJson(session);
  else if (sessions.length === 0) tell('The log is empty: nothing has gone through Scrim yet.');
  else {
    const rows = sessions.map((session) => [
      session.id,
      new Date(session.startedAt).toISOString(),
      `${session.exchanges} exchanges`,
      `${session.findings} findings`,
      session.hosts.join(' '),
      session.client,
    ]);
    printLine(table(rows));
  }
  return 0;
}

/** `id`: of a session or of one exchange. */
export function sessionsShow(id: string, global: GlobalOptions): number {
  const log = openLog(common(global));
  const one = log.exchange(id);
  const exchanges = one === undefined ? log.exchanges(id) : [one];
  if (exchanges.length === 0)
    throw new CoreError('not-found', `There is no session or exchange "${id}"; scrim sessions list names them.`);
  for (const exchange of exchanges) {
    if (global.json === true) printJson(exchange);
    else printLine(describe(exchange));
  }
  return 0;
}

/** One exchange for people: what `sessions show` prints. */
export function describe(exchange: ExchangeRecord): string {
  const { closed, request } = exchange;
  const lines = [
    `${exchange.id}  ${new Date(exchange.startedAt).toISOString()}  ${exchange.method} ${exchange.scheme}://${exchange.host}:${exchange.port}${exchange.path}`,
    `  ${exchange.state}${closed?.status == null ? '' : `, status ${closed.status}`}${closed?.failure == null ? '' : `, ${closed.failure}: ${closed.reason ?? ''}`}`,
    `  dialect ${exchange.dialect}, model ${request?.model ?? 'unknown'}, client ${exchange.client}, via ${exchange.via}`,
  ];
  if (closed !== null) {
    const usage =
      closed.usage === null ? '' : `, tokens ${closed.usage.input ?? '?'} in, ${closed.usage.output ?? '?'} out`;
    lines.push(
      `  head after ${closed.headAfter ?? '-'} ms, ended after ${closed.endedAt - exchange.startedAt} ms, ${closed.responseBytes} bytes${usage}`,
    );
  }
  if (request?.body != null) lines.push(...block('request', request.body));
  for (const { channel, text } of exchange.channels) lines.push(...block(channel, text));
  for (const finding of exchange.findings)
    lines.push(
      `  finding ${finding.rule} (${finding.kind}, ${finding.severity}, ${finding.certainty}) in ${finding.side} ${finding.channel} ${finding.start}-${finding.end} ${finding.fingerprint}`,
    );
  for (const { verdict, by, tool, action, reasons, note } of exchange.verdicts) {
    const rules = reasons.map(({ rule }) => rule).join(', ');
    lines.push(
      `  ${verdict} by ${by}: ${tool} (${rules})${note === null ? '' : `, "${note}"`}`,
      ...block('action', action),
    );
  }
  return lines.join('\n');
}

function block(name: string, text: string): string[] {
  return [`  ${name}:`, ...text.split('\n').map((line) => `    ${line}`)];
}

export async function status(global: GlobalOptions): Promise<number> {
  const now = await fetchStatus(common(global));
  if (global.json === true) printJson(now);
  else {
    printLine(
      table([
        ['running', `pid ${now.pid}, since ${new Date(now.startedAt).toISOString()}`],
        ['proxy', now.proxy],
        ['gateway', now.gateway],
        ['control', now.ui],
        ['certificate', now.ca],
        [
          'policy',
          `${now.policyFile} (${now.mode}${now.policyProblems.length > 0 ? '; the file is not valid, the policy before it is in force' : ''})`,
        ],
        ['exchanges', `${now.exchanges}, ${now.open} open, ${now.findings} findings`],
      ]),
    );
  }
  return 0;
}

export async function stop(global: GlobalOptions): Promise<number> {
  const { pid } = await stopInstance(common(global));
  if (global.json === true) printJson({ stopped: true, pid });
  else printLine(`Scrim (pid ${pid}) has stopped.`);
  return 0;
}
