// The container file and its example, read as an engine would read them; and what the container runs, run here as it would be.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { root } from '../../build/package/staging.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = join(root, 'build/container');
const cliPath = join(root, 'src/cli.ts');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

interface Instruction {
  readonly name: string;
  readonly words: string;
}

/** The instructions of each stage; comments are left out, continued lines joined. */
function stages(): readonly (readonly Instruction[])[] {
  const lines = read('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(Boolean);
  const all = lines.map((line) => {
    const [, name, words] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    if (name === undefined || words === undefined) throw new Error(`Not an instruction: ${line}`);
    return { name, words: words.replaceAll(/\s+/g, ' ') };
  });
  const starts = all.flatMap(({ name }, index) => (name === 'FROM' ? [index] : []));
  return starts.map((start, index) => all.slice(start, starts[index + 1]));
}
const of = (stage: readonly Instruction[], name: string): string[] =>
  stage.filter((instruction) => instruction.name === name).map(({ words }) => words);

const final = stages().at(-1)!;
const environment = new Map(
  of(final, 'ENV').flatMap((words) =>
    words.split(' ').map((word): [string, string] => {
      const [name = '', value = ''] = word.split('=');
      return [name, value];
    }),
  ),
);
const wordsOf = (name: string): string[] => JSON.parse(of(final, name).at(-1)!) as string[];

describe('the container file', () => {
  test('runs without rights, with a health check, and takes its words as they are', () => {
    expect(of(final, 'USER')).toEqual(['10001:10001']);
    const [health = ''] = of(final, 'HEALTHCHECK');
    expect(health).toMatch(/ CMD \["scrim", "status"\]$/);
    expect(wordsOf('ENTRYPOINT')).toEqual(['scrim']);
    expect(JSON.parse(of(final, 'VOLUME')[0]!)).toEqual([environment.get('SCRIM_DATA_DIR')]);
    // Nothing as root after the user has changed.
    const afterUser = final.slice(final.findIndex(({ name }) => name === 'USER') + 1).map(({ name }) => name);
    expect(afterUser.filter((name) => ['RUN', 'COPY', 'ADD', 'USER'].includes(name))).toEqual([]);
  });

  test('builds from what it names: a version of its base, the lock file, and files that are there', () => {
    for (const stage of stages()) {
      expect(of(stage, 'FROM')[0]).toMatch(/^node:24-\w+-slim( AS \w+)?$/);
      expect(of(stage, 'ADD')).toEqual([]);
    }
    const [build = []] = stages();
    expect(of(build, 'RUN')[0]).toMatch(/^npm ci --ignore-scripts/);
    expect(of(build, 'RUN').join('\n')).not.toMatch(/curl|wget|npm install (?!--prefix)/);
    for (const line of read('Dockerfile.dockerignore').split('\n'))
      if (line.startsWith('!')) expect(existsSync(join(root, line.slice(1))), line).toBe(true);
    // All is left out that is not named: a checkout holds settings and keys of its owner.
    expect(read('Dockerfile.dockerignore')).toMatch(/^\*$/m);
  });
});

describe('the example with an assistant', () => {
  interface Service {
    readonly networks: readonly string[];
    readonly volumes: readonly string[];
    readonly environment?: Readonly<Record<string, string | null>>;
    readonly [key: string]: unknown;
  }
  const { services, networks } = parse(read('compose.yaml')) as {
    services: { scrim: Service; assistant: Service };
    networks: { inside: { internal: boolean } };
  };

  test('the assistant reaches nothing but Scrim, and sees of its data the certificates only', () => {
    const { assistant, scrim } = services;
    expect(networks.inside).toEqual({ internal: true });
    expect(assistant.networks).toEqual(['inside']);
    expect(scrim.networks).toContain('inside');
    expect(assistant.volumes).toContain('certificates:/certificates:ro');
    expect(assistant.volumes.filter((volume) => volume.startsWith('data:'))).toEqual([]);
    expect(assistant.environment).toMatchObject({
      HTTPS_PROXY: 'http://scrim:8877',
      NODE_EXTRA_CA_CERTS: '/certificates/ca.pem',
    });
  });

  test('neither has rights that it does not need, no key is written down, and no port is open to others', () => {
    for (const service of Object.values(services)) {
      expect(service['cap_drop']).toEqual(['ALL']);
      expect(service['security_opt']).toEqual(['no-new-privileges:true']);
      for (const key of ['privileged', 'ports', 'network_mode', 'pid', 'cap_add'])
        expect(service).not.toHaveProperty(key);
      for (const [name, value] of Object.entries(service.environment ?? {}))
        if (/KEY|TOKEN|SECRET/.test(name)) expect([name, value]).toEqual([name, null]);
    }
    expect(services.scrim['read_only']).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('what the container runs', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());

  test('starts with its own environment and the policy of the example, is healthy, and ends on SIGTERM', async () => {
    const inside = (path: string): string => join(temporary.path, path);
    mkdirSync(inside('data'), { mode: 0o700 });
    mkdirSync(inside('data/certificates'), { mode: 0o755 });
    mkdirSync(inside('config/scrim'), { recursive: true });
    mkdirSync(inside('tmp'));
    copyFileSync(join(folder, 'policy.yaml'), inside('config/scrim/policy.yaml'));
    const own = [...environment].map(([name, path]): [string, string] => [name, inside(path)]);
    const env = { ...Object.fromEntries(own), HOME: inside('nowhere'), PATH: process.env['PATH'] ?? '' };

    const [serve = '', ...flags] = wordsOf('CMD');
    expect([serve, ...flags]).toEqual(['serve', '--listen', '0.0.0.0:8877']);
    const words = [
      cliPath,
      serve,
      ...flags.map((word) => word.replace(':8877', ':0')),
      '--ui',
      '127.0.0.1:0',
      '--json',
    ];
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'exit');
    const failures: string[] = [];
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        const event = JSON.parse(line) as { event: string; code?: string };
        if (event.event === 'failure') failures.push(event.code ?? '');
        if (event.event === 'ready') break;
      }
      // A container has no keychain; it says so. Anything else would be a mistake of ours.
      expect(failures.filter((code) => code !== 'keys')).toEqual([]);
      const status = spawnSync(process.execPath, [cliPath, 'status'], { env, encoding: 'utf8' });
      expect([status.status, status.stderr]).toEqual([0, '']);
      expect(status.stdout).toContain(inside('config/scrim/policy.yaml'));
      // What an assistant's container is given; the key is not there.
      expect(readFileSync(inside('data/certificates/ca.pem'), 'utf8')).not.toContain('PRIVATE KEY');
    } finally {
      child.kill('SIGTERM');
    }
    expect((await ended)[0]).toBe(0);
  });
});
