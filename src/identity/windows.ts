// Processes of Windows, as netstat and PowerShell print them. Not run yet: written from their manuals, tested on sample output.

import { basename } from 'node:path/win32';
import { cleanText, maxAncestors, type Peer, type PeerOwner, type ProcessSource } from './process-facts.ts';
import { programName } from './program-name.ts';
import { runTool } from './run-tool.ts';

export const windows: ProcessSource = {
  async find(peers) {
    const output = (await runTool('netstat.exe', ['-ano'])) ?? '';
    return peers.map((peer) => parseNetstat(output, peer));
  },
  startTime: async (pid) => (await processes()).get(pid)?.startTime,
  async facts(pid) {
    const rows = await processes();
    const own = rows.get(pid);
    if (own === undefined) return undefined;
    const parents: Row[] = [];
    for (let at = parentOf(rows, own); at !== undefined; at = parentOf(rows, at)) {
      if (parents.length === maxAncestors) return undefined;
      parents.push(at);
    }
    const named = async ({ pid: id, startTime, executable, name, argv }: Row) => ({
      pid: id,
      startTime,
      program: await programName(executable === null ? name : basename(executable), argv, null),
      executable: executable === null ? null : cleanText(executable),
    });
    const unknown = { folder: null, user: null, terminal: null, attached: null, marked: null, git: null, ci: null };
    return { ...(await named(own)), ...unknown, parents: await Promise.all(parents.map(named)) };
  },
};

/** Lines `TCP local remote state pid`. The state's word depends on the language of the system, so it is not read. */
export function parseNetstat(output: string, peer: Peer): PeerOwner {
  const host = peer.address.includes(':') ? `[${peer.address}]` : peer.address;
  for (const line of output.split('\n')) {
    const [protocol, local, remote, ...rest] = line.trim().split(/\s+/);
    if (protocol !== 'TCP' || local !== `${host}:${peer.port}` || !remote?.endsWith(`:${peer.localPort}`)) continue;
    const pid = Number(rest.at(-1));
    // Number 0: nobody holds it any more.
    if (Number.isInteger(pid) && pid > 0) return { pid, user: null };
  }
  return { pid: null, user: null };
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly executable: string | null;
  readonly startTime: string;
  readonly argv: readonly string[];
}

const query =
  'Get-CimInstance Win32_Process | ForEach-Object { [pscustomobject]@{ pid = $_.ProcessId; parent = $_.ParentProcessId; ' +
  "name = $_.Name; executable = $_.ExecutablePath; started = if ($_.CreationDate) { $_.CreationDate.ToFileTimeUtc().ToString() } else { '0' }; " +
  'line = $_.CommandLine } } | ConvertTo-Json -Compress';

async function processes(): Promise<ReadonlyMap<number, Row>> {
  return parseProcesses(
    (await runTool('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query])) ?? '[]',
  );
}

/** What `query` prints: one object, or a list of them. */
export function parseProcesses(json: string): ReadonlyMap<number, Row> {
  const rows = new Map<number, Row>();
  for (const row of objectsOf(json)) {
    const { pid, parent, name, executable, started, line } = row;
    if (typeof pid !== 'number' || typeof parent !== 'number' || typeof started !== 'string') continue;
    rows.set(pid, {
      pid,
      parent,
      name: typeof name === 'string' ? name : '',
      executable: typeof executable === 'string' ? executable : null,
      startTime: started,
      argv: typeof line === 'string' ? splitCommandLine(line) : [],
    });
  }
  return rows;
}

function objectsOf(json: string): readonly Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(json);
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null);
  } catch {
    return [];
  }
}

/** Enough for paths: quotes keep spaces together. */
function splitCommandLine(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Windows never tells a child that its parent has ended, so an older number may belong to a younger process by now. */
function parentOf(rows: ReadonlyMap<number, Row>, row: Row): Row | undefined {
  const parent = row.parent === 0 ? undefined : rows.get(row.parent);
  return parent !== undefined && BigInt(parent.startTime) <= BigInt(row.startTime) ? parent : undefined;
}
