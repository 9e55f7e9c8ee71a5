// Tools whose name says what they do, whatever their input looks like.

import { add } from './facts.ts';
import { runs } from './shell.ts';
import type { Shell } from './shell-state.ts';
import { remoteThings } from './tool-keys.ts';

const loses =
  /(?:^|[_\W])(?:drop|destroy|terminate|purge|wipe|truncate|flush_?(?:all|db)|factory_reset|pg_reset|reset_(?:database|db|cluster)|delete[_-](?:many|all)|bulk[_-]delete|force_?delete)(?:$|[_\W])/i;
const deletes =
  /(?:^|[_\W])(?:delete|remove)[_-](?:\w+_)?(?:pods?|services?|nodes?|deployments?|statefulsets?|jobs?|functions?|lambdas?|stacks?|containers?|disks?|networks?|firewalls?|keys?|pipelines?|webhooks?|contacts?|leads?|deals?|events?|emails?|messages?|posts?|tweets?|products?|orders?|subscriptions?|rows?|schemas?|tenants?|groups?|certificates?|domains?|dns\w*|issues?|tickets?|pages?)(?:$|[_\W])/i;
const secrets =
  /(?:^|[_\W])(?:get|read|fetch|show|reveal|retrieve|dump|export|list|access|lookup|find)[_-](?:\w+_)?(?:secrets?(?:[_-]values?)?|passwords?|credentials?|api[_-]keys?|private[_-]keys?|access[_-]tokens?|env(?:ironment)?(?:[_-]var(?:iable)?s?)?)$/i;
const sends =
  /(?:^|[_\W])(?:send[_-](?:e?mail|message|sms|dm|direct_message|file|invoice|money|payment|tweet|notification|media|document|photo)|reply_(?:all|to_email)|post[_-](?:message|tweet|status|update)|share[_-](?:file|document|folder|link)|upload[_-](?:file|object|attachment|document|blob)|create[_-](?:gist|refund|transfer|payment|payout|charge|public_link|invitation|deploy_key|access_token|api_key|tweet)|add[_-](?:collaborator|member|ssh_key|deploy_key)|invite[_-]\w+|publish[_-]\w+|forward_email|make_(?:public|payment))(?:$|[_\W])/i;

/** Adds what the name of a call alone tells. */
export function noteName(name: string, input: unknown, shell: Shell): void {
  const spelled = name.replace(/([a-z])([A-Z])/g, '$1_$2');
  const fields: Readonly<Record<string, unknown>> =
    input !== null && typeof input === 'object' && !Array.isArray(input) ? (input as Record<string, unknown>) : {};
  const { signs } = shell.facts;
  const ofFiles = Object.keys(fields).some((key) => /^(?:path|file_?path|filename|paths|files)$/i.test(key));
  if (!ofFiles && (remoteThings.test(spelled) || loses.test(spelled) || deletes.test(spelled)))
    signs.set('remote-delete', shell.place);
  if (secrets.test(spelled)) add(shell.facts.credentials, { name: `what ${name} returns`, place: shell.place });
  // Assistants send messages to each other: those of a server, or with a receiver outside, are meant.
  const outward =
    /^mcp|__/.test(name) || ['channel', 'chat', 'phone', 'email', 'recipient', 'chat_id'].some((key) => key in fields);
  if (outward && sends.test(spelled)) signs.set('send-tool', shell.place);
  for (const words of commandsNamed(spelled, fields))
    runs.start(
      { words, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
      { ...shell, place: 'shell' },
      runs,
    );
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : typeof value === 'string' ? [value] : [];

/** The command that a call with such a name stands for. */
function commandsNamed(name: string, fields: Readonly<Record<string, unknown>>): string[][] {
  const found: string[][] = [];
  if (/force_?push/i.test(name) || (/git_+push$/i.test(name) && fields['force'] === true))
    found.push(['git', 'push', '--force']);
  if (/git_+reset$/i.test(name) && fields['mode'] === 'hard')
    found.push(['git', 'reset', '--hard', ...texts(fields['ref'] ?? fields['commit'] ?? fields['target'])]);
  if (/(?:terraform|tofu|pulumi|terragrunt)\w*_(?:apply|destroy|up)$/i.test(name))
    found.push(['terraform', /destroy$/i.test(name) ? 'destroy' : 'apply']);
  if (/container/i.test(name) && /run|create|start/i.test(name)) {
    const mounts = [...texts(fields['volumes']), ...texts(fields['binds']), ...texts(fields['mounts'])].flatMap(
      (mount) => ['-v', mount],
    );
    found.push(['docker', 'run', ...mounts, ...(fields['privileged'] === true ? ['--privileged'] : []), 'image']);
  }
  if (
    /cron|schedul|launch_?agent|startup/i.test(name) &&
    /create|add|new|install|set/i.test(name) &&
    ('command' in fields || 'script' in fields)
  )
    found.push(['crontab', '-']);
  if (
    /repo/i.test(name) &&
    (fields['visibility'] === 'public' || fields['private'] === false) &&
    /update|edit|set|change/i.test(name)
  )
    found.push(['gh', 'repo', 'edit', '--visibility', 'public']);
  return found;
}

/** Keys that hold what people read, and tools that only take notes: a command in there is talk. */
export const talk =
  /^(?:body|description|title|message|messages|text|content|contents|thoughts?|prompt|comment|question|questions|plan|subject|summary|todos?|explanation|justification|reason|pattern|regex|search|needle|old_\w+|oldstring|oldstr|new_\w+|newstring|newstr|note|notes|label|value|element|header|topic|name|observations|activeform|goal|task|answer|reply|caption|keywords|query_string|html|markdown|doc|docs|example)$/;
export const takesNotes =
  /todo|plan|think|thought|comment|issue|pull_request|memory|question|search|task|agent|review|grep|note|wiki|page|docs?(?:_|$)|chat|jira|linear|notion|type|fill|say|remember|skill/i;
/** How a command begins that nobody would write as anything else. */
export const looksLikeCommand =
  /^\s*(?:sudo\s+)?(?:rm|curl|wget|bash|sh|zsh|dd|mkfs\S*|chmod|chown|git|kubectl|helm|docker|podman|terraform|aws|gcloud|az|psql|mysql|redis-cli|mongosh?|find|python3?|node|npx|npm|eval|nc|ncat|cat|cp|mv|tar|scp|ssh|rsync|tee|echo|printf|base64|openssl|powershell|pwsh|cmd|Remove-Item|iex|iwr|Invoke-\w+|crontab|systemctl|launchctl|env|printenv|export|unset|kill|pkill|killall|shred|truncate|xargs|perl|ruby|php|gh|cd)\s+[^\s]/;
