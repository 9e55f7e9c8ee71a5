// The workflows as GitHub would read them: what cannot be run here can at least not be careless.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../../build/package/staging.ts';

const stepSchema = z.strictObject({
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  'working-directory': z.string().optional(),
});
const jobSchema = z.strictObject({
  if: z.string().optional(),
  needs: z.array(z.string()).optional(),
  strategy: z.object({ 'fail-fast': z.boolean(), matrix: z.record(z.string(), z.array(z.unknown())) }).optional(),
  'runs-on': z.string(),
  container: z.string().optional(),
  'timeout-minutes': z.int(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
  defaults: z.unknown().optional(),
  steps: z.array(stepSchema).min(1),
});
const workflowSchema = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  concurrency: z.unknown().optional(),
  permissions: z.strictObject({}),
  jobs: z.record(z.string(), jobSchema),
});

const folder = join(root, '.github/workflows');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts;

describe.each(readdirSync(folder))('%s', (name) => {
  const workflow = workflowSchema.parse(parse(readFileSync(join(folder, name), 'utf8'), { strict: true }));
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);

  test('every action is pinned by its commit, with its version beside it', () => {
    const text = readFileSync(join(folder, name), 'utf8');
    const uses = text.split('\n').filter((line) => /\buses:/.test(line));
    expect(uses.length).toBe(steps.filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/uses: actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('only a release may write, and the token of a checkout does not stay', () => {
    for (const [job, { permissions }] of jobs)
      if (job !== 'release') expect([job, permissions]).toEqual([job, { contents: 'read' }]);
    for (const step of steps)
      if (step.uses?.startsWith('actions/checkout@')) expect(step.with).toEqual({ 'persist-credentials': false });
  });

  test('every step does one thing; nothing from outside is pasted into a script', () => {
    for (const step of steps) {
      expect([step.uses, step.run].filter((part) => part !== undefined)).toHaveLength(1);
      // Expressions in a script would be code from a branch's or a person's name: they go through the environment.
      expect(step.run ?? '').not.toContain('${{');
    }
  });

  test('jobs wait for jobs that there are, and scripts are those of package.json', () => {
    for (const [, { needs = [] }] of jobs) for (const need of needs) expect(Object.keys(workflow.jobs)).toContain(need);
    const called = steps.flatMap(({ run = '' }) =>
      [...run.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script ?? ''),
    );
    for (const script of called) expect(Object.keys(scripts), `npm run ${script}`).toContain(script);
  });

  test('secrets reach a signed build of a tag only', () => {
    for (const [job, { steps: own, if: condition = '' }] of jobs)
      for (const { env = {}, if: when = '' } of own)
        for (const [variable, value] of Object.entries(env))
          if (value.includes('secrets.'))
            expect(`${condition} ${when} ${value}`, `${job}: ${variable}`).toContain(
              "startsWith(github.ref, 'refs/tags/v')",
            );
  });
});

test('every system that Scrim is packaged for builds, smokes and attaches its packages', () => {
  const { jobs } = workflowSchema.parse(parse(readFileSync(join(folder, 'build.yml'), 'utf8')));
  const systems = jobs['package']?.strategy?.matrix['include'] as { os: string; app: string }[];
  expect(new Set(systems.map(({ os }) => os.split('-')[0]))).toEqual(new Set(['ubuntu', 'macos', 'windows']));
  const scriptsRun = jobs['package']?.steps.map(({ run = '' }) => run).join('\n');
  for (const command of ['npm ci', 'smoke:electron', 'npm run package', 'build/package/fuses.ts'])
    expect(scriptsRun).toContain(command);
  expect(jobs['check']?.steps.at(-1)?.run).toBe('.ci/run');
});
