// The command line as data for the argument parser, all of it in one place: hence its length. Decisions live in core/.

import { Command, CommanderError, Option } from 'commander';
import { version } from '../core/version.ts';
import {
  approvalsAnswer,
  approvalsGrants,
  approvalsList,
  approvalsRevoke,
  approvalsWatch,
  type AnswerFlags,
} from './approvals.ts';
import { caPath, caRotate, caStatus, caTrust, type TrustFlags } from './ca.ts';
import { demo } from './demo.ts';
import { doctor, type DoctorFlags } from './doctor.ts';
import { sessionsExport, sessionsReport } from './export.ts';
import * as inspect from './inspect.ts';
import { sessionsPurge, sessionsVerify } from './log-maintenance.ts';
import { explain, mask, type MaskFlags } from './mask.ts';
import { endWithReader, isUsageError, sentence, tell, type GlobalOptions } from './output.ts';
import { keysList, keysRemove, keysSet, tokenAdd, tokenList, tokenRevoke, type TokenFlags } from './keys.ts';
import { open } from './open.ts';
import { policyTest, type PolicyTestFlags } from './policy-test.ts';
import { sessionsReplay, type ReplayFlags } from './replay.ts';
import { run } from './run.ts';
import { sessionsSearch, type SearchFlags } from './search.ts';
import { serve, start } from './serve.ts';
import { setup, type SetupFlags } from './setup.ts';
import { sessionsReveal } from './vault.ts';
import type { OpenFlags } from '../core/open-window.ts';
import type { ExportFlags } from '../core/export.ts';
import type { ReportFlags } from '../core/report.ts';
import type { ServeFlags } from '../core/serve-flags.ts';

/** Runs one command line (without the program's name). Resolves to the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function main(words: readonly string[]): Promise<number> {
  let code = 0;
  endWithReader();
  const program = new Command('scrim')
    .description('Masks secrets in HTTP(S) model traffic on this machine while it streams, and keeps a local log.')
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError('Run scrim --help to see the commands.')
    .exitOverride();
  withGlobals(program);

  /** Adds a command whose action's result is the exit code. */
  const command = (
    parent: Command,
    usage: string,
    description: string,
    act: (global: GlobalOptions, command: Command) => number | Promise<number>,
  ): Command => {
    const made = withGlobals(parent.command(usage).description(description)).exitOverride();
    return made.action(async () => {
      code = await act(made.optsWithGlobals<GlobalOptions>(), made);
    });
  };
  const several = (value: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    value,
  ];
  const group = (name: string, description: string): Command =>
    program.command(name).description(description).exitOverride().enablePositionalOptions();

  withServeFlags(
    command(program, 'start', 'start the desktop app, or serve where there is none', (global, made) =>
      start(made.opts<ServeFlags>(), global),
    ),
  ).option('--no-tray', 'no icon in the panel of a Linux desktop');
  withServeFlags(
    command(program, 'serve', 'run proxy and gateway without a window', (global, made) =>
      serve(made.opts<ServeFlags>(), global),
    ),
  ).option('--no-tray', 'no icon in the panel of a Linux desktop');
  withServeFlags(
    command(program, 'run', 'run a command whose model traffic goes through Scrim', (global, made) =>
      run(made.args, made.opts<ServeFlags>(), global),
    ),
  )
    .argument('<command...>')
    .passThroughOptions()
    .usage('[options] [--] <command…>');
  command(program, 'mask', 'mask a text: stdin or FILE to stdout', (global, made) =>
    mask(made.args[0], made.opts<MaskFlags>(), global),
  )
    .argument('[file]')
    .addOption(new Option('--format <format>', 'text, or jsonl ({"id","text"} a line)').default('text'));

  const ca = group('ca', 'the certificate authority of this user');
  command(ca, 'path', 'print the certificate file that clients must trust', (global) => caPath(global));
  command(ca, 'status', 'show its certificates, and which stores trust them', (global) => caStatus(global));
  for (const [action, description] of [
    ['install', 'let browsers, editors and the system trust it'],
    ['uninstall', 'take it out of every store'],
  ] as const) {
    command(ca, action, description, (global, made) => caTrust(action, made.opts<TrustFlags>(), global))
      .option('--store <id>', 'only this store of scrim ca status; may be repeated', several)
      .option('--dry-run', 'print the exact commands, and run none');
  }
  command(ca, 'rotate', 'make a successor, which takes over in seven days', (global, made) =>
    caRotate(made.opts(), global),
  ).option('--now', 'it takes over at once: clients have to be started again');

  const keys = group('keys', 'API keys of providers, and local tokens for clients');
  command(keys, 'set', 'store the key of a provider: from stdin, or typed unseen', (global, made) =>
    keysSet(made.args[0] ?? '', global),
  ).argument('<provider>');
  command(keys, 'list', 'list providers with a stored key', (global) => keysList(global));
  command(keys, 'remove', 'delete the key of a provider', (global, made) =>
    keysRemove(made.args[0] ?? '', global),
  ).argument('<provider>');
  const token = keys.command('token').description('local tokens, which clients hold instead of keys').exitOverride();
  command(token, 'add', 'make a named token; it is shown once', (global, made) =>
    tokenAdd(made.args[0] ?? '', made.opts<TokenFlags>(), global),
  )
    .argument('<name>')
    .option('--provider <name>', 'only for this provider; may be repeated', several)
    .option('--model <pattern>', 'only for this model; may be repeated', several)
    .option('--host <pattern>', 'only for this host; may be repeated', several)
    .option('--path <pattern>', 'only for this path at the provider; may be repeated', several)
    .option('--requests <n>', 'at most so many requests')
    .option('--tokens <n>', 'at most so many tokens of the model')
    .option('--expires <when>', 'such as 8h, 7d or 2030-01-31');
  command(token, 'list', 'list tokens, never their value', (global) => tokenList(global));
  command(token, 'revoke', 'refuse a token from its next request on', (global, made) =>
    tokenRevoke(made.args[0] ?? '', global),
  ).argument('<id or name>');

  const policy = group('policy', 'the policy file');
  command(policy, 'path', 'print where the policy file is', (global) => inspect.policyPath(global));
  command(policy, 'init', 'write a commented policy file', (global) => inspect.policyInit(global));
  command(policy, 'check', 'check a policy file', (global, made) => inspect.policyCheck(made.args[0], global)).argument(
    '[file]',
  );
  command(policy, 'explain', 'say which rule acts on a text, and why or why not', (global, made) =>
    explain(made.args[0], global),
  ).argument('[file]');

  command(
    policy,
    'test',
    'say what would be asked or denied: a text, a tool call in JSON, or an exchange',
    (global, made) => policyTest(made.args[0], made.opts<PolicyTestFlags>(), global),
  )
    .argument('[file]')
    .option('--tool <name>', 'the text is the input of this tool')
    .option('--exchange <id>', 'a recorded exchange')
    .option('--folder <dir>', 'the project folder (default: this one)');

  const approvals = group('approvals', 'questions that wait for a person, and remembered answers');
  command(approvals, 'list', 'list the questions that wait', (global, made) =>
    approvalsList(made.opts(), global),
  ).option('--all', 'those that have ended too');
  command(approvals, 'watch', 'show questions as they come, and answer them here', (global) => approvalsWatch(global));
  for (const verdict of ['allow', 'deny'] as const) {
    command(approvals, verdict, `${verdict} what a question asks`, (global, made) =>
      approvalsAnswer(verdict, made.args[0] ?? '', made.opts<AnswerFlags>(), global),
    )
      .argument('<id>')
      .option('--session', 'the same action for the rest of the session too')
      .option('--minutes <n>', 'the same action for so long too')
      .option('--always', 'the same action from now on too')
      .option('--reason <text>', 'a note for the log; the assistant reads it when you deny');
  }
  command(approvals, 'grants', 'list remembered answers', (global) => approvalsGrants(global));
  command(approvals, 'revoke', 'forget a remembered answer', (global, made) =>
    approvalsRevoke(made.args[0] ?? '', global),
  ).argument('<id>');

  const sessions = group('sessions', 'the log');
  command(sessions, 'list', 'list sessions, newest first', (global, made) =>
    inspect.sessionsList(made.opts(), global),
  ).option('--limit <n>', 'at most this many (default: 50)');
  command(sessions, 'show', 'show a session or an exchange', (global, made) =>
    inspect.sessionsShow(made.args[0] ?? '', global),
  ).argument('<id>');
  command(
    sessions,
    'replay',
    'play a session or an exchange as it came; --policy: what another policy would do',
    (global, made) => sessionsReplay(made.args[0] ?? '', made.opts<ReplayFlags>(), global),
  )
    .argument('<id>')
    .option('--speed <n>', '2 is twice as fast, 0 at once (default: 1; with --json: 0)')
    .option('--max-pause <seconds>', 'never wait longer than this');
  command(
    sessions,
    'reveal',
    'show a person what was masked in an exchange, where the policy kept it',
    (global, made) => sessionsReveal(made.args[0] ?? '', global),
  ).argument('<id>');

  command(
    sessions,
    'search',
    'find exchanges by words, "phrases" and fields such as rule:aws-* since:2d',
    (global, made) => sessionsSearch(made.args, made.opts<SearchFlags>(), global),
  )
    .argument('<query...>')
    .allowUnknownOption()
    .option('--limit <n>', 'at most this many (default: 20)')
    .option('--cursor <cursor>', 'go on after the hit that had this cursor');
  command(sessions, 'export', 'the log in another format: to stdout, or to a receiver', (global, made) =>
    sessionsExport(made.opts<ExportFlags>(), global),
  )
    .option('--format <format>', 'jsonl, csv, har, ocsf or cef (default: jsonl; for syslog cef)')
    .option('--since <when>', 'such as 12h, 30d or 2026-11-01 (default: from the beginning)')
    .option('--until <when>', 'the same; what began later is left out')
    .option('--session <id>', 'only this session')
    .option(
      '--to <receiver>',
      'syslog+tcp://, syslog+tls:// or syslog+udp://HOST[:PORT], https://… or otlp+http(s)://…',
    )
    .option('--ca <file>', 'authorities of the receiver (PEM), besides the usual ones')
    .option('--live', 'go on with what is recorded from now on, until you press Ctrl-C');
  command(sessions, 'report', 'a report of a period for a person or an auditor, to stdout', (global, made) =>
    sessionsReport(made.opts<ReportFlags>(), global),
  )
    .option('--since <when>', 'such as 30d or 2026-11-01 (default: from the beginning)')
    .option('--until <when>', 'the same; what began later is left out')
    .option('--format <format>', 'md, html or pdf (default: md)');

  command(sessions, 'verify', 'check every record, and name the first that is damaged', (global, made) =>
    sessionsVerify(made.args[0], global),
  ).argument('[file]', 'an export (--format jsonl) instead of the log');
  command(sessions, 'purge', 'delete exchanges for good; their hashes stay', (global, made) =>
    sessionsPurge(made.opts(), global),
  )
    .option('--before <when>', 'those that began before: 30d (ago), or 2026-11-01')
    .option('--session <id>', 'those of this session')
    .option('--query <query>', 'those that scrim sessions search finds')
    .option('--dry-run', 'only say how many');

  command(program, 'setup', 'make a client go through Scrim however it is started, and take it back', (global, made) =>
    setup(made.args[0], made.opts<SetupFlags>(), global),
  )
    .argument('[client]', 'default: every assistant and editor that is installed')
    .option('--undo', 'take it back: the client named, or all that are set up')
    .option('--dry-run', 'print the exact lines, and change nothing')
    .option('--list', 'say which clients are set up');

  command(program, 'demo', 'show masking end to end, without account or network', (global) => demo(global));
  command(program, 'doctor', 'say what is wrong, and the command that puts it right', (global, made) =>
    doctor(made.opts<DoctorFlags>(), global),
  ).option('--fix', 'ask for each problem, and run its command');
  command(program, 'open', 'open the window of the running instance in a browser', (global, made) =>
    open(made.args[0], made.opts<OpenFlags>(), global),
  )
    .argument('[screen]', 'such as approvals, sessions or policy')
    .option('--print', 'only print the address: good once, for ten minutes');
  command(program, 'status', 'say what the running instance does', (global) => inspect.status(global));
  command(program, 'stop', 'stop the running instance', (global) => inspect.stop(global));

  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    // The parser has printed its message; help and version come this way too, with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    tell(`scrim: ${sentence(error)}`);
    return isUsageError(error) ? 2 : 1;
  }
}

function withGlobals(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'where Scrim keeps its data (or SCRIM_DATA_DIR)')
    .option('--policy <file>', 'the policy file')
    .option('--json', 'one JSON object per line on stdout')
    .option('--keys <where>', 'auto, keychain, file (encrypted), plain or memory (default: auto, or SCRIM_KEYS)')
    .option('--keys-passphrase-fd <n>', 'read the passphrase of the encrypted file from this file descriptor');
}

function withServeFlags(command: Command): Command {
  return command
    .option('--listen <host:port>', 'proxy and gateway (default: 127.0.0.1:8877, port 0: any)')
    .option('--ui <host:port>', 'control interface (default: 127.0.0.1:8878)')
    .option('--upstream-ca <file>', 'trust these authorities too (PEM)')
    .option('--upstream-proxy <url>', 'reach providers through this proxy')
    .option(
      '--resolve <host:port:address[:port]>',
      'connect here for that host, as curl does; may be repeated',
      (value, before: readonly string[]) => [...before, value],
      [],
    );
}
