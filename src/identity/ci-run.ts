// Which run of a continuous integration service a process belongs to, by the variables these services document.

import type { CiRun } from './process-facts.ts';

/** In order: the first whose `sign` is set. `run`: the variable with the run's number. */
const services: readonly { readonly provider: string; readonly sign: string; readonly run: string }[] = [
  { provider: 'github', sign: 'GITHUB_RUN_ID', run: 'GITHUB_RUN_ID' },
  { provider: 'gitlab', sign: 'GITLAB_CI', run: 'CI_PIPELINE_ID' },
  { provider: 'azure', sign: 'TF_BUILD', run: 'BUILD_BUILDID' },
  { provider: 'bitbucket', sign: 'BITBUCKET_BUILD_NUMBER', run: 'BITBUCKET_BUILD_NUMBER' },
  { provider: 'buildkite', sign: 'BUILDKITE_BUILD_ID', run: 'BUILDKITE_BUILD_ID' },
  { provider: 'circleci', sign: 'CIRCLECI', run: 'CIRCLE_WORKFLOW_ID' },
  { provider: 'codebuild', sign: 'CODEBUILD_BUILD_ID', run: 'CODEBUILD_BUILD_ID' },
  { provider: 'travis', sign: 'TRAVIS', run: 'TRAVIS_BUILD_ID' },
  { provider: 'woodpecker', sign: 'CI_WORKFLOW_NUMBER', run: 'CI_PIPELINE_NUMBER' },
  { provider: 'jenkins', sign: 'JENKINS_URL', run: 'BUILD_ID' },
  { provider: 'unknown', sign: 'CI_PIPELINE_ID', run: 'CI_PIPELINE_ID' },
  { provider: 'unknown', sign: 'BUILD_ID', run: 'BUILD_ID' },
];

/** `variable` gives a variable's value. Nothing but the run's id is read, and only when it looks like one. */
export function ciRun(variable: (name: string) => string | undefined): CiRun | null {
  const service = services.find(({ sign }) => Boolean(variable(sign)));
  if (service === undefined) return null;
  const run = variable(service.run) ?? '';
  return { provider: service.provider, run: /^[\w.:-]{1,100}$/.test(run) ? run : null };
}

/** Of the content of `/proc/<pid>/environ`: `NAME=value` parts, each closed by a zero byte. */
export function environmentVariable(environ: string, name: string): string | undefined {
  const start = environ.startsWith(`${name}=`) ? 0 : environ.indexOf(`\0${name}=`) + 1;
  if (start === 0 && !environ.startsWith(`${name}=`)) return undefined;
  const end = environ.indexOf('\0', start);
  return environ.slice(start + name.length + 1, end === -1 ? undefined : end);
}
