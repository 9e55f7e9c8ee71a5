// Which clients of this machine go through Scrim, and whether the way that their settings name really works.

import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';
import { matchesHost } from '../../policy/hosts.ts';
import { notChecked, ok, problem, reasonOf, runCheck, type Check, type CheckResult } from './check.ts';
import { clientSettings } from './client-settings.ts';
import { shown, type DoctorContext, type FoundClient } from './context.ts';
import { tryHandshake } from './handshake.ts';

export const clientChecks: readonly Check<DoctorContext>[] = [
  { name: 'interception', run: async (context) => [await interception(context)] },
  { name: 'clients', limit: 6_000, run: clients },
];

/** Command lines: what a shell's profile sets reaches them too. */
const fromShell: ReadonlySet<string> = new Set([
  ...['claude', 'codex', 'gemini', 'opencode', 'copilot', 'cline', 'continue', 'aider'],
]);

/** Whom a client talks to; where it is not opened by the policy, the first host that is. */
const hostOf: Readonly<Record<string, string>> = {
  claude: 'api.anthropic.com',
  gemini: 'generativelanguage.googleapis.com',
  copilot: 'api.githubcopilot.com',
};

/** The way itself, with the file that everybody is told to trust. */
async function interception(context: DoctorContext): Promise<CheckResult> {
  const name = 'interception';
  const [instance, host] = await Promise.all([context.instance(), interceptedHost(context, '')]);
  if (instance === undefined) return notChecked(name, 'Scrim is not running.');
  if (host === undefined) return notChecked(name, 'The policy opens no host that could be tried.');
  const { ca } = await context.status(instance);
  const roots = [await readFile(ca, 'utf8')];
  const outcome = await tryHandshake({ proxy: instance.proxy, host, roots, signal: AbortSignal.timeout(1_500) });
  if (outcome === 'accepted') return ok(name, `TLS to ${host} through the proxy shows a certificate of ours.`);
  return problem(
    name,
    `TLS to ${host} through the proxy does not show a certificate of ours: stop Scrim, then start it again.`,
    context.scrim('run', 'stop'),
  );
}

async function clients(context: DoctorContext): Promise<readonly CheckResult[]> {
  const found = await context.clients();
  const shellIsSet = found.some(({ client, status }) => client.id === 'shell' && status === 'captured');
  const known = found.filter((each) => each.error !== undefined || isWorthALine(each));
  if (known.length === 0) return [ok('clients', 'No client that Scrim knows is installed.')];
  const results = await Promise.all(
    known.map((each) => {
      const check: Check<DoctorContext> = {
        name: nameOf(each),
        limit: 4_000,
        run: async () => [await clientResult(context, each, shellIsSet)],
      };
      return runCheck(check, context);
    }),
  );
  return results.flat();
}

/** Tools and the whole system are set up by name only: that they are not is no news. */
function isWorthALine({ client, status }: FoundClient): boolean {
  return status === 'captured' || status === 'changed' || (client.isAssistant && status === 'not-captured');
}

function nameOf({ client }: FoundClient): string {
  return `client ${client.id}`;
}

async function clientResult(context: DoctorContext, found: FoundClient, shellIsSet: boolean): Promise<CheckResult> {
  const { client, status, error } = found;
  const name = nameOf(found);
  const setUp = context.scrim('run', 'setup', client.id);
  if (error !== undefined) return notChecked(name, reasonOf(error));
  if (status === 'changed')
    return problem(
      name,
      `${client.title} is not set up as it should be now: its settings or Scrim's address have changed.`,
      setUp,
    );
  if (status === 'captured') return await probe(context, found);
  if (shellIsSet && fromShell.has(client.id))
    return ok(name, `${client.title} goes through Scrim when a shell starts it.`);
  const { env } = await context.setup();
  if ((await client.plan(env)).length === 0)
    return notChecked(name, `${client.title} has no settings yet: start it once, then look again.`);
  return problem(name, `${client.title} does not go through Scrim.`, setUp);
}

/** Does what the client's settings say, up to the certificate. */
async function probe(context: DoctorContext, found: FoundClient): Promise<CheckResult> {
  const { client } = found;
  const name = nameOf(found);
  const instance = await context.instance();
  if (instance === undefined)
    return notChecked(name, `${client.title} is set up; the way is not tried, since Scrim is not running.`);
  const { proxies, gateways, roots: files } = await clientSettings(await context.setup(), client);
  const [proxy] = proxies;
  const elsewhere = gateways.find((gateway) => URL.parse(gateway)?.origin !== instance.gateway);
  const again = context.scrim('run', 'setup', client.id);
  if (elsewhere !== undefined)
    return problem(
      name,
      `The settings of ${client.title} name ${originOf(elsewhere)}, and Scrim is at ${instance.gateway}.`,
      again,
    );
  if (proxy === undefined)
    return gateways.length > 0
      ? ok(name, `${client.title} is set up, and the address in its settings is that of the running Scrim.`)
      : notChecked(name, `${client.title} is set up, in a way that cannot be tried from here.`);
  const host = await interceptedHost(context, client.id);
  if (host === undefined) return notChecked(name, 'The policy opens no host that could be tried.');
  const sources = await rootsOf(files, client.id);
  for (const { title, roots } of sources) {
    if (roots === 'unreadable')
      return problem(
        name,
        `The settings of ${client.title} name ${shown(context, title)}, which cannot be read.`,
        again,
      );
    switch (await tryHandshake({ proxy, host, roots, signal: AbortSignal.timeout(1_500) })) {
      case 'nobody':
        return problem(name, `The settings of ${client.title} name ${originOf(proxy)}, where nobody answers.`, again);
      case 'refused':
        return problem(
          name,
          `The proxy in the settings of ${client.title}, ${originOf(proxy)}, opens no connection to ${host}.`,
          again,
        );
      case 'untrusted':
        return problem(
          name,
          `${client.title} would refuse the certificate of ${host}: ${shown(context, title)} does not vouch for it.`,
          files.length === 0 ? context.scrim('run', 'ca', 'install') : again,
        );
      case 'accepted':
    }
  }
  return ok(name, `${client.title} is set up; TLS to ${host} with its settings works.`);
}

const takesSystemRoots = /^(vscode|vscode-insiders|vscodium|cursor|windsurf)$/;

interface Roots {
  /** A file, or what it is. */
  readonly title: string;
  /** Undefined: the client has its own way to them, which is not tried. */
  readonly roots: readonly string[] | 'unreadable' | undefined;
}

async function rootsOf(files: readonly string[], client: string): Promise<readonly Roots[]> {
  if (files.length === 0)
    return [
      {
        title: "the system's store",
        roots: takesSystemRoots.test(client) ? getCACertificates('system') : undefined,
      },
    ];
  return await Promise.all(
    files.map(async (title): Promise<Roots> => {
      const pem = await readFile(title, 'utf8').catch(() => undefined);
      return { title, roots: pem === undefined ? 'unreadable' : [pem] };
    }),
  );
}

/** Without user and password. */
function originOf(address: string): string {
  return URL.parse(address)?.origin ?? 'an address that is none';
}

async function interceptedHost(context: DoctorContext, client: string): Promise<string | undefined> {
  const { intercept } = await context.policy();
  const isIntercepted = matchesHost(intercept);
  const wanted = hostOf[client] ?? 'api.openai.com';
  if (isIntercepted(wanted, 443)) return wanted;
  return intercept.find((pattern) => /^[a-z0-9.-]+$/i.test(pattern) && isIntercepted(pattern, 443));
}
