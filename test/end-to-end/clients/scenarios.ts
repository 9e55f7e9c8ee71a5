// What is asked of every client, and what counts as done. A finding is a sentence about what went wrong.

import { missingSession, startDesktopSession, type DesktopSession } from '../../keychain/desktop-session.ts';
import type { Mode, RealClient } from './client.ts';
import { dangerous, harmless, observe, type Observation } from './run.ts';

export const scenarioNames = ['text', 'tool', 'allow', 'deny', 'hold', 'time-out', 'key'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export type Result =
  | { readonly outcome: 'passed'; readonly observation: Observation }
  /** Null: the run itself failed. */
  | { readonly outcome: 'failed'; readonly findings: readonly string[]; readonly observation: Observation | null }
  | { readonly outcome: 'skipped'; readonly reason: string };

export interface Subject {
  readonly client: RealClient;
  readonly mode: Mode;
  readonly installed: string;
  /** Seconds that the person takes in `hold`; 90 by default: longer than some clients like to wait for bytes. */
  readonly hold?: number;
}

const most = 90_000;

/** What Scrim writes in the place of a call that was not allowed. */
const refusal = /\[Scrim\] The call of \S+ was not passed on/;

export const scenarios: Record<ScenarioName, (subject: Subject) => Promise<Result>> = {
  async text(subject) {
    const seen = await observe({ ...subject, command: null, hook: null, timeout: 60, limit: most });
    return judge(seen, [...finished(seen), ...turns(seen, 1), ...masked(seen), ...streamed(seen)]);
  },

  async tool(subject) {
    if (subject.client.call === null) return noTool;
    const seen = await observe({ ...subject, command: harmless, hook: null, timeout: 60, limit: most });
    const wasRun = seen.made ? [] : ['the command was not run'];
    return judge(seen, [...finished(seen), ...turns(seen, 2), ...masked(seen), ...wasRun]);
  },

  async allow(subject) {
    if (subject.client.call === null) return noTool;
    const hook = { verdict: 'allow', seconds: 0 } as const;
    const seen = await observe({ ...subject, command: dangerous, hook, timeout: 60, limit: most });
    return judge(seen, [...finished(seen), ...asked(seen), ...turns(seen, 2), ...wasRun(seen), ...masked(seen)]);
  },

  async deny(subject) {
    if (subject.client.call === null) return noTool;
    const hook = { verdict: 'deny', seconds: 0 } as const;
    const seen = await observe({ ...subject, command: dangerous, hook, timeout: 60, limit: most });
    return judge(seen, [...asked(seen), ...refused(seen)]);
  },

  async hold(subject) {
    if (subject.client.call === null) return noTool;
    const { hold: seconds = 90 } = subject;
    const hook = { verdict: 'allow', seconds } as const;
    const limit = most + seconds * 1_000;
    const seen = await observe({ ...subject, command: dangerous, hook, timeout: 2 * seconds, limit });
    const waited = seen.run.milliseconds >= seconds * 1_000 ? [] : ['it did not wait for the answer'];
    return judge(seen, [...finished(seen), ...asked(seen), ...turns(seen, 2), ...wasRun(seen), ...waited]);
  },

  async 'time-out'(subject) {
    if (subject.client.call === null) return noTool;
    const hook = { verdict: 'none', seconds: 0 } as const;
    const seen = await observe({ ...subject, command: dangerous, hook, timeout: 2, limit: most });
    return judge(seen, [...asked(seen), ...refused(seen)]);
  },

  async key(subject) {
    if (missingSession !== undefined) return { outcome: 'skipped', reason: missingSession };
    const { call } = subject.client;
    const command = call === null ? null : harmless;
    const keychain = (await (session ??= keyring())).env;
    const seen = await observe({ ...subject, command, keychain, hook: null, timeout: 60, limit: most });
    return judge(seen, [...finished(seen), ...turns(seen, call === null ? 1 : 2), ...keptAway(seen)]);
  },
};

/** For all runs: starting a desktop session takes a while. */
let session: Promise<DesktopSession> | undefined;

async function keyring(): Promise<DesktopSession> {
  const started = await startDesktopSession();
  await started.startKeyring();
  return started;
}

/** Once no scenario is under way any more. */
export async function endScenarios(): Promise<void> {
  await (await session)?.end();
}

const noTool: Result = { outcome: 'skipped', reason: 'it runs no commands' };

function judge(observation: Observation, findings: readonly string[]): Result {
  return findings.length === 0 ? { outcome: 'passed', observation } : { outcome: 'failed', findings, observation };
}

function finished({ run }: Observation): string[] {
  if (run.code === null) return ['it did not come to an end'];
  return run.code === 0 ? [] : [`it ended with ${run.code}`];
}

/** More are retries, fewer a conversation that was broken off. */
function turns({ turns }: Observation, expected: number): string[] {
  return turns.length === expected ? [] : [`the model was asked ${turns.length} times instead of ${expected}`];
}

function masked({ placeholder, leaks }: Observation): string[] {
  return [
    ...(placeholder === null ? ['its output holds no placeholder'] : []),
    ...(leaks.length === 0 ? [] : [`the secret is in: ${leaks.join(', ')}`]),
  ];
}

function streamed({ isStreamed }: Observation): string[] {
  return isStreamed ? [] : ['it asked for no stream'];
}

function asked({ questions }: Observation): string[] {
  return questions.length === 1 ? [] : [`the person was asked ${questions.length} times instead of once`];
}

function keptAway({ keys }: Observation): string[] {
  const told = {
    wrong: 'the provider was not shown the right key',
    tokens: 'a local token is in',
    leaks: 'a key is in',
  };
  return Object.entries(told).flatMap(([name, sentence]) => {
    const found = keys?.[name as keyof typeof told] ?? [];
    return found.length === 0 ? [] : [`${sentence}: ${found.join(', ')}`];
  });
}

function wasRun({ precious }: Observation): string[] {
  return precious ? ['the allowed command was not run'] : [];
}

function refused(seen: Observation): string[] {
  return [
    ...finished(seen),
    ...turns(seen, 1),
    ...(seen.precious ? [] : ['the command was run']),
    ...(refusal.test(seen.run.out) ? [] : ['its output does not show the refusal']),
  ];
}
