// SQL and its relatives, as far as a rule needs: statements that destroy without a way back.

import { flagValues, operands } from './arguments.ts';
import type { Command, Facts, Place } from './facts.ts';

const clients: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    psql: ['-c', '--command'],
    mysql: ['-e', '--execute'],
    mariadb: ['-e', '--execute'],
    sqlite3: [],
    sqlite: [],
    duckdb: ['-c', '-s'],
    cockroach: ['-e', '--execute'],
    'clickhouse-client': ['-q', '--query'],
    clickhouse: ['-q', '--query'],
    sqlcmd: ['-Q', '-q'],
    bq: [],
    mongosh: ['--eval'],
    mongo: ['--eval'],
    cqlsh: ['-e', '--execute'],
    snowsql: ['-q', '--query'],
    trino: ['--execute'],
    impala: ['-q'],
    hive: ['-e'],
    beeline: ['-e'],
    usql: ['-c', '--command'],
    pgcli: ['-c'],
    mycli: ['-e', '--execute'],
    litecli: ['-e'],
    turso: [],
    wrangler: ['--command'],
    supabase: [],
  }),
);

/** The statements a database client is given, or null when the command is none. */
export function sqlOf(command: Command): string | null {
  const flags = clients.get(command.name);
  if (flags === undefined) return null;
  // A database in memory or in a temporary folder is made to be thrown away.
  if (command.args.some((arg) => /^(?:\/tmp\/|:memory:|\/var\/tmp\/)/.test(arg))) return null;
  const given = flagValues(command.args, ...flags);
  if (flags.length === 0) given.push(...operands(command.args, new Set(['-cmd', '-separator'])).slice(1));
  return [...given, command.input ?? ''].join('\n;\n');
}

const scratch =
  /(?:^|[._\s"'`[])(?:\w*_)?(?:test|tests|testing|tmp|temp|scratch|dummy|sandbox)(?:_?\w*)?(?:["'`\]\s;]|$)/i;

/** Adds the signs of destructive statements. `runShell` gets what clients hand to a shell. */
export function judgeSql(text: string, facts: Facts, place: Place, runShell?: (text: string) => void): void {
  if (text.length > 65_536) {
    facts.signs.set('unreadable', place);
    return;
  }
  if (
    /\bdropDatabase\s*\(|\.drop\s*\(\s*\)|\b(?:deleteMany|remove)\s*\(\s*(?:\{\s*\}\s*)?\)|\bFLUSH(?:ALL|DB)\b/.test(
      text,
    )
  )
    facts.signs.set('drop', place);
  for (const statement of statements(text)) {
    const plain = statement.trimStart();
    if (!/^(?:drop|truncate|delete|update|alter|grant|revoke|create|with|copy|exec|explain)\b/i.test(plain)) continue;
    if (
      /^drop\s+(?:database|schema|table|keyspace|user|role|owned|tablespace|materialized|view|dataset)\b/i.test(plain)
    ) {
      if (!/^drop\s+(?:temporary|temp)\b/i.test(plain) && !scratch.test(plain.slice(4))) facts.signs.set('drop', place);
    } else if (/^truncate\b/i.test(plain)) {
      if (!scratch.test(plain.slice(8))) facts.signs.set('drop', place);
    } else if (
      /^alter\s+table\b.*\bdrop\s+(?:column\b|(?!constraint|index|default|not|primary|foreign|key)\w)/is.test(plain)
    )
      facts.signs.set('drop', place);
    else if (/^(?:with\b.*\b)?delete\s+from\b/is.test(plain)) {
      if (!/\bwhere\b(?!\s+(?:1\s*=\s*1|true|1)\s*$)/i.test(plain) && !scratch.test(plain.slice(11)))
        facts.signs.set('delete-all', place);
    } else if (/^update\b/i.test(plain) && /\bset\b/i.test(plain)) {
      if (!/\bwhere\b(?!\s+(?:1\s*=\s*1|true|1)\s*$)/i.test(plain)) facts.signs.set('delete-all', place);
    } else if (
      /^grant\s+all\b|^grant\b.*\bwith\s+(?:grant|admin)\s+option|^(?:alter|create)\s+(?:user|role)\b.*\bsuperuser\b(?<!nosuperuser)/is.test(
        plain,
      )
    )
      facts.signs.set('grant', place);
    else if (/^copy\b.*\b(?:to|from)\s+program\s+/is.test(plain))
      runShell?.(/program\s+'((?:[^']|'')*)'/i.exec(statement)?.[1]?.replaceAll("''", "'") ?? '');
    else if (/^exec(?:ute)?\s+(?:master\.*)?xp_cmdshell\b/i.test(plain))
      runShell?.(/xp_cmdshell\s+N?'((?:[^']|'')*)'/i.exec(statement)?.[1] ?? '');
  }
}

/** Cut at semicolons outside of quotes, comments taken out. */
function statements(text: string): string[] {
  const found: string[] = [];
  let open = '';
  const pattern = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"[^"]*(?:"|$)|`[^`]*(?:`|$)|;|[^-/'"`;]+|[-/]/g;
  for (const [piece] of text.matchAll(pattern)) {
    if (piece === ';') {
      found.push(open);
      open = '';
    } else if (piece.startsWith('--') || piece.startsWith('/*')) open += ' ';
    else open += piece;
  }
  found.push(open);
  return found.slice(0, 500);
}

/** Whether a text is SQL at all. */
export function looksLikeSql(text: string): boolean {
  return /^\s*(?:--[^\n]*\n\s*)*(?:select|insert|update|delete|drop|truncate|alter|create|grant|revoke|with|copy|begin|explain|merge|call|exec)\b/i.test(
    text,
  );
}
