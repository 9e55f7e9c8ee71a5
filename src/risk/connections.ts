// What a command sends, and to which host.
// Longer than most files: one entry a program.

import { flagValues, hasFlag, operands, subcommand } from './arguments.ts';
import { add, type Command, type Facts } from './facts.ts';
import { hostOf, isUrl } from './hosts.ts';
import { carriesOutput, curl, httpie, wget, type Note } from './http-requests.ts';
import { isOwnMachine } from './scene.ts';
import { own, type Shell } from './shell-state.ts';

/** Adds a fact for each host that the command talks to. */
export function noteConnections(command: Command, facts: Facts, shell: Shell): void {
  const talk = programs.get(command.name);
  if (talk === undefined) return;
  const note: Note = (address, sends, how, bytes = sends === 'nothing' ? 0 : null) =>
    add(facts.hosts, {
      host: hostOf(address),
      address,
      bytes,
      sends,
      how,
      elsewhere: command.elsewhere,
      place: shell.place,
    });
  talk(command, note, shell);
}

const remotePath = /^(?:[\w.-]+@)?\[?([\w.:-]+)\]?:(?!\/\/)/;

const copy = ({ args, name }: Command, note: Note): void => {
  const valued = new Set([
    '-i',
    '-P',
    '-o',
    '-F',
    '-c',
    '-l',
    '-S',
    '-J',
    '-e',
    '--rsh',
    '--exclude',
    '--include',
    '--port',
    '--bwlimit',
    '--files-from',
    '--exclude-from',
    '-f',
    '--filter',
    '-b',
    '-D',
    '-X',
  ]);
  const paths = operands(args, valued);
  const target = paths.at(-1) ?? '';
  const isRemote = (path: string): boolean =>
    (remotePath.test(path) && !/^[a-z]:[\\/]/i.test(path)) ||
    /^(?:rsync|scp|sftp|ssh):\/\//.test(path) ||
    (name === 'sftp' && path !== '');
  for (const source of paths.slice(0, -1)) if (isRemote(source)) note(source, 'nothing', 'copy');
  if (isRemote(target))
    note(isUrl(target) ? target : target.replace(/:.*$/s, ''), name === 'sftp' ? 'file' : 'file', 'copy');
};

const socket = ({ args, feeders, input, name }: Command, note: Note): void => {
  if (hasFlag(args, 'l', '--listen') || hasFlag(args, 'z')) return;
  const words = operands(
    args,
    new Set(['-w', '-p', '-s', '-i', '-q', '-e', '-c', '-x', '-X', '-G', '--exec', '--sh-exec', '-b']),
  );
  const host = words[0];
  if (host === undefined || host === '') return;
  const address = words[1] === undefined ? host : `${host}:${words[1]}`;
  const fed = input !== null ? (input.length < 1_000 ? 'text' : 'output') : feeders.length > 0 ? 'output' : 'nothing';
  note(address, name === 'telnet' ? 'nothing' : fed, 'socket', input?.length ?? (fed === 'nothing' ? 0 : null));
};

const lookup = ({ args }: Command, note: Note): void => {
  for (const arg of args)
    if (!arg.startsWith('-') && !arg.startsWith('+') && carriesOutput(arg) && arg.includes('.'))
      note(arg, 'output', 'name');
  // Data in the padding of a ping.
  const [padding] = flagValues(args, '-p');
  if (padding !== undefined && /[$`]/.test(padding))
    note(operands(args, new Set(['-c', '-p', '-i', '-s', '-W'])).at(-1) ?? '', 'output', 'name');
};

const cloudCopy =
  (verbs: RegExp, scheme: RegExp) =>
  ({ args }: Command, note: Note): void => {
    if (
      !args.some((arg) => verbs.test(arg)) ||
      flagValues(args, '--endpoint-url').some((url) => isOwnMachine(hostOf(url) ?? ''))
    )
      return;
    const paths = operands(
      args,
      new Set([
        '--profile',
        '--region',
        '--acl',
        '--endpoint-url',
        '--exclude',
        '--include',
        '--storage-class',
        '-h',
        '-o',
        '-m',
      ]),
    ).filter((word) => !verbs.test(word));
    const target = paths.at(-1) ?? '';
    const source = paths.at(-2) ?? '';
    // A bucket is a host of its own, whoever owns it.
    if (scheme.test(target) && !scheme.test(source))
      note(target.replace(/^(\w+):\/\/([\w.-]+).*$/s, '$2.$1.bucket'), 'file', 'copy');
  };

const publishes =
  (words: string, address: string) =>
  ({ args }: Command, note: Note): void => {
    const [first, second] = subcommand(args);
    if ((first === words || `${first} ${second}` === words) && !args.includes('--dry-run') && !args.includes('-n'))
      note(address, 'file', 'publish');
  };

const git = ({ args }: Command, note: Note, shell: Shell): void => {
  const valued = new Set([
    '-C',
    '-c',
    '--git-dir',
    '--work-tree',
    '--namespace',
    '-o',
    '--push-option',
    '--receive-pack',
    '--repo',
    '-t',
    '-m',
    '-b',
    '--depth',
    '--branch',
  ]);
  const words = operands(args, valued);
  const [verb, ...rest] = words;
  if (verb === 'remote' && /^(?:add|set-url)$/.test(rest[0] ?? '')) {
    const [, name = '', address = ''] = rest;
    own(shell, 'variables').set(`\0remote ${name}`, address);
    if (isRemoteAddress(address)) note(gitHost(address), 'nothing', 'git');
  } else if (verb === 'push' || (verb === 'lfs' && rest.shift() === 'push')) {
    const target = [...flagValues(args, '--repo'), ...rest][0] ?? '';
    const address = shell.variables.get(`\0remote ${target}`) ?? target;
    if (isRemoteAddress(address)) note(gitHost(address), 'file', 'git');
  } else if (
    verb === 'config' &&
    /^(?:remote\..+\.(?:push)?url|url\..+\.(?:push)?insteadof)$/i.test(rest.find((word) => word.includes('.')) ?? '')
  ) {
    const address = rest.at(-1) ?? '';
    if (isRemoteAddress(address)) note(gitHost(address), 'nothing', 'git');
  } else if (verb === 'clone' && isRemoteAddress(rest[0] ?? '')) note(gitHost(rest[0] ?? ''), 'nothing', 'http');
};

function isRemoteAddress(text: string): boolean {
  return isUrl(text) || /^(?:[\w.-]+@)[\w.-]+:/.test(text) || /^git@/.test(text);
}

function gitHost(address: string): string {
  return isUrl(address) ? address : address.replace(/:.*$/s, '');
}

const web = ({ args, name }: Command, note: Note): void => {
  const url =
    flagValues(args, '-Uri', '-uri', '-URI')[0] ??
    operands(args, new Set(['-Method', '-Body', '-InFile', '-OutFile', '-Headers', '-ContentType', '-Uri'])).find(
      (word) => isUrl(word) || name.startsWith('invoke'),
    );
  if (url === undefined) return;
  const lower = args.map((arg) => arg.toLowerCase());
  const sends =
    lower.includes('-infile') || lower.includes('-form')
      ? 'file'
      : lower.includes('-body') || /^(?:post|put)$/.test(lower[lower.indexOf('-method') + 1] ?? '')
        ? 'text'
        : 'nothing';
  note(url, sends, 'http');
};

const mail = ({ args }: Command, note: Note): void => {
  const to = operands(args, new Set(['-s', '-a', '-A', '-c', '-b', '-r', '-S'])).find((word) =>
    /@[\w.-]+\.\w/.test(word),
  );
  if (to !== undefined) note(to, hasFlag(args, 'a', 'A') ? 'file' : 'output', 'copy');
};

type Talk = (command: Command, note: Note, shell: Shell) => void;

const programs: ReadonlyMap<string, Talk> = new Map(
  Object.entries<Talk>({
    curl,
    curlie: curl,
    wget,
    wget2: wget,
    http: httpie,
    https: httpie,
    xh: httpie,
    xhs: httpie,
    scp: copy,
    sftp: copy,
    rsync: copy,
    rcp: copy,
    nc: socket,
    ncat: socket,
    netcat: socket,
    telnet: socket,
    ztcp: ({ args }, note) => note(operands(args)[0] ?? '', 'output', 'socket'),
    whois: ({ args }, note) => {
      if (args.some((arg) => /\$\(|`/.test(arg))) note(flagValues(args, '-h')[0] ?? 'whois', 'output', 'name');
    },
    socat: ({ args, feeders }, note) => {
      for (const arg of args) {
        const target = /^(?:tcp|tcp4|tcp6|udp|openssl|ssl|tcp-connect|openssl-connect|udp-connect):([^,]+)/i.exec(
          arg,
        )?.[1];
        if (target !== undefined) note(target, feeders.length > 0 ? 'output' : 'nothing', 'socket');
      }
    },
    openssl: ({ args, feeders }, note) => {
      const target = flagValues(args, '-connect')[0];
      if (args[0] === 's_client' && target !== undefined)
        note(
          target,
          feeders.some((feeder) => !/^(?:echo|true|printf|yes)$/.test(feeder.name)) ? 'output' : 'nothing',
          'socket',
        );
    },
    dig: lookup,
    nslookup: lookup,
    host: lookup,
    ping: lookup,
    ping6: lookup,
    drill: lookup,
    'resolve-dnsname': lookup,
    git,
    rclone: ({ args }, note) => {
      const [verb] = operands(args);
      if (!/^(?:copy|copyto|sync|move|moveto|rcat|bisync)$/.test(verb ?? '')) return;
      const target =
        operands(args, new Set(['--config', '--transfers', '--include', '--exclude', '--filter'])).at(-1) ?? '';
      if (/^[\w.-]*:[^\\]/.test(`${target} `) && !/^[a-z]:[\\/]/i.test(target))
        note(target.replace(/:.*$/s, '.rclone'), 'file', 'copy');
    },
    aws: cloudCopy(/^(?:cp|sync|mv|put-object)$/, /^s3:\/\//),
    s3cmd: cloudCopy(/^(?:put|sync)$/, /^s3:\/\//),
    s5cmd: cloudCopy(/^(?:cp|sync|mv)$/, /^s3:\/\//),
    mc: cloudCopy(/^(?:cp|mirror|mv|pipe)$/, /^[\w-]+\/[\w.-]+\//),
    gsutil: cloudCopy(/^(?:cp|rsync|mv)$/, /^gs:\/\//),
    gcloud: cloudCopy(/^(?:storage|cp|rsync|mv)$/, /^gs:\/\//),
    azcopy: cloudCopy(/^(?:copy|cp|sync)$/, /^https:\/\//),
    az: ({ args }, note) => {
      if (args.includes('storage') && args.some((arg) => /^upload/.test(arg)))
        note('blob.core.windows.net', 'file', 'copy');
    },
    npm: publishes('publish', 'registry.npmjs.org'),
    pnpm: publishes('publish', 'registry.npmjs.org'),
    yarn: (command, note) => {
      publishes('publish', 'registry.npmjs.org')(command, note);
      publishes('npm publish', 'registry.npmjs.org')(command, note);
    },
    cargo: publishes('publish', 'crates.io'),
    twine: publishes('upload', 'upload.pypi.org'),
    poetry: publishes('publish', 'upload.pypi.org'),
    uv: publishes('publish', 'upload.pypi.org'),
    flit: publishes('publish', 'upload.pypi.org'),
    hatch: publishes('publish', 'upload.pypi.org'),
    gem: publishes('push', 'rubygems.org'),
    vsce: publishes('publish', 'marketplace.visualstudio.com'),
    docker: publishes('push', 'the image registry'),
    podman: publishes('push', 'the image registry'),
    dotnet: publishes('nuget push', 'nuget.org'),
    nuget: publishes('push', 'nuget.org'),
    mvn: publishes('deploy', 'the Maven repository'),
    gh: ({ args }, note) => {
      const [first, second] = subcommand(args);
      if (first === 'gist' && /^(?:create|edit)$/.test(second)) note('gist.github.com', 'file', 'publish');
    },
    glab: ({ args }, note) => {
      const [first, second] = subcommand(args);
      if (first === 'snippet' && second === 'create') note('gitlab.com', 'file', 'publish');
    },
    'invoke-webrequest': web,
    'invoke-restmethod': web,
    'send-mailmessage': ({ args }, note) =>
      note(
        args.find((arg) => arg.includes('@')) ?? 'mail',
        args.some((arg) => /^-att/i.test(arg)) ? 'file' : 'output',
        'copy',
      ),
    mail,
    mailx: mail,
    mutt: mail,
    sendmail: mail,
    swaks: mail,
    croc: ({ args }, note) => {
      if (args[0] === 'send') note('croc.schollz.com', 'file', 'copy');
    },
    wormhole: ({ args }, note) => {
      if (args[0] === 'send') note('magic-wormhole.io', 'file', 'copy');
    },
    transfer: (_command, note) => note('transfer.sh', 'file', 'copy'),
    ipfs: ({ args }, note) => {
      if (args[0] === 'add') note('ipfs.io', 'file', 'publish');
    },
    bitsadmin: ({ args }, note) => {
      const url = args.find(isUrl);
      if (url !== undefined) note(url, args.some((arg) => /upload/i.test(arg)) ? 'file' : 'nothing', 'http');
    },
    certutil: ({ args }, note) => {
      const url = args.find(isUrl);
      if (url !== undefined) note(url, 'nothing', 'http');
    },
    ftp: socket,
    lftp: ({ args }, note) => {
      const host = operands(args, new Set(['-e', '-u', '-c', '-p']))[0];
      if (host !== undefined)
        note(host, args.some((arg) => /\b(?:put|mput|mirror -R)\b/.test(arg)) ? 'file' : 'nothing', 'copy');
    },
  }),
);
