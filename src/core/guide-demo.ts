// The guide's demonstration: a model of our own on loopback streams secrets of nobody through this very core to a client of
// our own, and wants something dangerous done.
//
// SECURITY: it opens no way for others. Its address at the gateway is a random name that is good for one request and leads to
// that model alone; no policy is written; everything ends with the answer, after five minutes, or with the core.

import { randomBytes } from 'node:crypto';
import type { Approvals, Taken } from '../approvals/approvals.ts';
import type { TimedClock } from '../base/clock.ts';
import type { DemoEvent, DemoOutcome } from '../contract/procedures/guide.ts';
import type { GatewayTarget } from './gateway.ts';
import { guideAnswer } from './guide-answers.ts';
import { askAsClient } from './guide-client.ts';
import { startGuideModel } from './guide-model.ts';

/** No policy can have a provider of such a name; behind it stands what tells a run from the one before. */
const providers = 'guide demonstration ';
const longest = 5 * 60_000;

export interface GuideDemo {
  /** Where a path of the gateway leads, when it is the demonstration's and has not been used. */
  target(path: string): GatewayTarget | undefined;
  /** The demonstration's own request: this process made it, and it is nobody's client. */
  isOwn(client: { readonly provider: string | undefined }): boolean;
  /** An exchange asks for an answer. `provider`: of the gateway's path. */
  asks(provider: string | undefined, exchange: string): void;
  /** `gateway`: `http://127.0.0.1:8877`. Ends one that runs. */
  begin(gateway: string): Promise<void>;
  /** Ends with `signal`. */
  watch(signal: AbortSignal | undefined): AsyncGenerator<DemoEvent>;
  answer(verdict: 'allow' | 'deny'): Taken;
  close(): void;
}

export interface GuideDemoOptions {
  readonly approvals: Approvals;
  readonly clock: TimedClock;
  /** The session of an exchange; null where it is not known. */
  readonly sessionOf: (exchange: string) => string | null;
}

const agent = 'Scrim-guide/1.0';

interface Run {
  readonly provider: string;
  readonly end: () => void;
  /** Of the gateway; undefined once it was used. */
  path: string | undefined;
  port: number;
  exchange: string | undefined;
  question: string | undefined;
}

export function createGuideDemo({ approvals, clock, sessionOf }: GuideDemoOptions): GuideDemo {
  let run: Run | undefined;
  let events: DemoEvent[] = [];
  let wake = Promise.withResolvers<undefined>();
  const tell = (event: DemoEvent): void => {
    events.push(event);
    wake.resolve(undefined);
    wake = Promise.withResolvers();
  };
  const isOfRun = (exchange: string): boolean => run?.exchange !== undefined && run.exchange === exchange;
  const unlisten = approvals.listen({
    asked({ id, exchange, tool, action, reasons, deadline }) {
      if (run === undefined || !isOfRun(exchange)) return;
      run.question = id;
      tell({ kind: 'held', tool, action, reasons: reasons.map((each) => ({ ...each })), deadline });
    },
    answered({ exchange }, { verdict, by }) {
      if (run === undefined || !isOfRun(exchange)) return;
      run.question = undefined;
      tell({ kind: 'answered', verdict, by });
    },
  });

  async function begin(gateway: string): Promise<void> {
    run?.end();
    const ending = new AbortController();
    const answer = guideAnswer();
    const stopTimer = clock.after(longest, () => ending.abort());
    const own: Run = {
      provider: providers + randomBytes(8).toString('hex'),
      end: () => ending.abort(),
      ...{ path: undefined, port: 0, exchange: undefined, question: undefined },
    };
    run = own;
    events = [];
    const say = (event: DemoEvent): void => {
      if (run === own) tell(event);
    };
    say({ kind: 'begun' });
    const model = await startGuideModel(answer, ({ part, text, isSecret }) =>
      say({ kind: 'sent', part, text, isSecret }),
    );
    const name = randomBytes(16).toString('hex');
    own.path = `/${name}/v1/messages`;
    own.port = model.port;
    const startedAt = clock.now();
    let firstWord: number | null = null;
    // The prompt differs each time: a repeated request would get the answer of the one before.
    const prompt = `Publish the fix of the shop. (Demonstration ${name.slice(0, 6)})`;
    const url = gateway + own.path;
    askAsClient({ url, agent, prompt, signal: ending.signal }, (part, text) => {
      firstWord ??= clock.now() - startedAt;
      say({ kind: 'got', part, text });
    })
      .then(
        (wire) => say({ kind: 'done', outcome: outcomeOf(wire, answer.secrets, own, firstWord) }),
        () => say({ kind: 'failed', why: 'The demonstration did not come to its end; begin it again.' }),
      )
      .finally(() => {
        stopTimer();
        model.close();
        own.path = undefined;
      })
      .catch(() => undefined);
  }

  function outcomeOf(wire: string, secrets: readonly string[], own: Run, firstWord: number | null): DemoOutcome {
    return {
      masked: wire.match(/MASKED_[A-Z_]+|\*{6,}|\[masked/g)?.length ?? 0,
      isClean: !secrets.some((secret) => hasPiece(wire, secret)),
      wasHeld: events.some(({ kind }) => kind === 'held'),
      firstWord,
      session: own.exchange === undefined ? null : sessionOf(own.exchange),
    };
  }

  return {
    target(path) {
      if (run?.path === undefined || path !== run.path) return undefined;
      const { provider, port } = run;
      run.path = undefined;
      return { provider, scheme: 'http', host: '127.0.0.1', port, path: '/v1/messages' };
    },
    isOwn: ({ provider }) => provider?.startsWith(providers) === true,
    asks(provider, exchange) {
      if (run !== undefined && run.provider === provider) run.exchange = exchange;
    },
    begin,
    async *watch(signal) {
      const ended = new Promise<'ended'>((resolve) => {
        signal?.addEventListener('abort', () => resolve('ended'), { once: true });
      });
      let shown: readonly DemoEvent[] = events;
      for (let next = 0; ;) {
        // Another one has begun: from its beginning.
        if (shown !== events) [shown, next] = [events, 0];
        const event = shown[next];
        if (event !== undefined) {
          next++;
          yield event;
        } else if (signal?.aborted === true || (await Promise.race([wake.promise, ended])) === 'ended') return;
      }
    },
    answer(verdict) {
      if (run?.question === undefined) return 'too-late';
      return approvals.answer(run.question, { verdict, by: 'window', scope: { kind: 'once' }, note: '' });
    },
    close() {
      unlisten();
      run?.end();
    },
  };
}

/** A piece of a secret is a leak too. */
function hasPiece(text: string, secret: string): boolean {
  return Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8)).some((piece) =>
    text.includes(piece),
  );
}
