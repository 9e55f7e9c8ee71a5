import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ciRun, environmentVariable } from '../../src/identity/ci-run.ts';

describe('the run of a CI service', () => {
  it.each([
    [
      { CI: 'true', GITHUB_RUN_ID: '123' },
      { provider: 'github', run: '123' },
    ],
    [
      { GITLAB_CI: 'true', CI_PIPELINE_ID: '9' },
      { provider: 'gitlab', run: '9' },
    ],
    [
      { JENKINS_URL: 'https://ci.example.org', BUILD_ID: '2026-11-20_1' },
      { provider: 'jenkins', run: '2026-11-20_1' },
    ],
    [
      { TF_BUILD: 'True', BUILD_BUILDID: '4' },
      { provider: 'azure', run: '4' },
    ],
    [{ CODEBUILD_BUILD_ID: 'project:1-2' }, { provider: 'codebuild', run: 'project:1-2' }],
    [{ BUILD_ID: '77' }, { provider: 'unknown', run: '77' }],
    [{ GITLAB_CI: 'true' }, { provider: 'gitlab', run: null }],
    [{ GITHUB_RUN_ID: 'not an id, but a text' }, { provider: 'github', run: null }],
    [{ HOME: '/root', GITHUB_TOKEN: 'x' }, null],
  ])('%j → %j', (variables, run) => {
    expect(ciRun((name) => (variables as Record<string, string>)[name])).toEqual(run);
  });
});

describe('a variable', () => {
  it('is found among any others, and only by its whole name', () => {
    const value = fc.string().filter((text) => !text.includes('\0'));
    const name = fc.stringMatching(/^[A-Z_]{1,6}$/);
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), name, (variables, wanted) => {
        const environ = Object.entries(variables)
          .map(([key, text]) => `${key}=${text}\0`)
          .join('');
        expect(environmentVariable(environ, wanted)).toBe(variables[wanted]);
      }),
    );
  });
});
