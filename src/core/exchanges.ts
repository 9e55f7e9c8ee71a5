// Starts an exchange for each request that arrives, with the policy, the masking and the records that belong to it.
// Long: the one place where all parts of an exchange meet.

import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { MaskedText } from '../base/text.ts';
import { Slots } from '../base/slots.ts';
import { canDecode, decodeBody } from '../connection/decode.ts';
import type { CoreEvent } from '../contract/core-events.ts';
import type { ExchangeOpened, RecordedRequest } from '../contract/records.ts';
import { masked } from '../exchange/masked.ts';
import { runExchange, type ExchangeRecorder } from '../exchange/run.ts';
import type { ClientSide } from '../http/exchange-ports.ts';
import { headerValue } from '../http/head.ts';
import type { Masking } from '../masking/masking.ts';
import type { ExchangeFacts } from '../policy/scopes.ts';
import type { MaskingPolicy, ScopedPolicy } from '../policy/policy.ts';
import type { Risk } from '../risk/risk.ts';
import type { SessionLog } from '../sessions/sessions.ts';
import { dialectFor } from '../wire/dialects.ts';
import { recordedHeaders, recordIdentity } from './recorded-client.ts';
import type { ApprovalDesk, Asker } from './approval-desk.ts';
import type { Credentials } from './credentials.ts';
import { afterLooking, processFacts, programOf, projectOf } from './client-process.ts';
import type { LiveTrack } from './live-exchange.ts';
import type { Live } from './live.ts';
import type { KnownPeer } from './peers.ts';
import { Stopwatch, type AddedTime } from './overview-added.ts';
import type { SessionIds } from './session-ids.ts';
import type { Originals } from './vault.ts';

/** The policy in force, compiled. Replaced as a whole when the file changes. */
export interface PolicyInForce {
  readonly masking: (policy: MaskingPolicy) => Masking;
  readonly risk: (policy: ScopedPolicy) => Risk;
  /** Tells policies apart: SHA-256, hex. */
  readonly id: string;
  readonly scopeFor: (facts: ExchangeFacts) => ScopedPolicy;
  /** A scope asks for the project folder or the user of the client's process. */
  readonly dependsOnProcess: boolean;
  readonly passUnreadable: (host: string, port: number) => boolean;
  /** When the log cannot be written: end the exchange badly, or go on with an alarm. */
  readonly onRecordFailure: 'stop' | 'continue';
}

export interface ExchangesOptions {
  readonly inForce: () => PolicyInForce;
  readonly credentials: Credentials;
  readonly log: SessionLog;
  readonly live: Live;
  readonly added: AddedTime;
  readonly sessionIds: SessionIds;
  readonly desk: ApprovalDesk;
  /** What masking hid, where the policy has it kept. */
  readonly originals: Pick<Originals, 'found' | 'ended'>;
  /** What is known of the process at the other end; filled in when it has been found. */
  readonly peerOf: (client: ClientSide) => KnownPeer;
  /** Keyed hash, hex. */
  readonly hash: (text: string) => string;
  /** The user's home folder. */
  readonly home: string;
  readonly clock: Clock;
  /** Scrim is paused: what begins now is only observed. */
  readonly paused: () => boolean;
  readonly emit: (event: CoreEvent) => void;
}

export interface Exchanges {
  start(client: ClientSide): void;
  /** Tells every open exchange that time has passed. */
  tick(): void;
  readonly counts: { readonly exchanges: number; readonly open: number; readonly findings: number };
}

export function createExchanges(options: ExchangesOptions): Exchanges {
  const { inForce, log, live, added, clock, emit } = options;
  const counts = { exchanges: 0, open: 0, findings: 0 };
  const ticks = new Slots<() => void>();
  const newId = createExchangeIds();

  const start = (client: ClientSide): void => {
    const peer = options.peerOf(client);
    // Which policy counts may depend on who asks: then, and only then, the request waits for the look-up.
    if (peer.looking === undefined || !inForce().dependsOnProcess) begin(client, peer);
    else void peer.looking.then(() => begin(client, peer));
  };
  const begin = (client: ClientSide, peer: KnownPeer): void => {
    const { head } = client;
    const startedAt = clock.now();
    const agent = headerValue(head.headers, 'user-agent') ?? '';
    const facts: ExchangeFacts = {
      host: head.host,
      port: head.port,
      client: agent,
      ...(client.provider === undefined ? {} : { provider: client.provider }),
      ...processFacts(peer.facts),
    };
    let version = inForce();
    let scope = version.scopeFor(facts);
    let current = version.masking(scope.masking);
    let assess = version.risk(scope);
    const refresh = (): void => {
      const now = inForce();
      if (now === version) return;
      version = now;
      scope = now.scopeFor(facts);
      current = now.masking(scope.masking);
      assess = now.risk(scope);
    };
    const maskingInForce = (): Masking => {
      refresh();
      return current;
    };
    const dialect = dialectFor(head.path);
    const opened: ExchangeOpened = {
      id: newId(startedAt),
      session: options.sessionIds.of(head, startedAt),
      startedAt,
      via: client.via,
      method: masked(current, head.method),
      scheme: head.scheme,
      host: masked(current, head.host),
      port: head.port,
      path: masked(current, head.path),
      httpVersion: head.httpVersion,
      dialect: dialect.id,
      client: masked(current, agent),
      policy: version.id,
      headers: recordedHeaders(head.headers, current),
    };
    counts.exchanges++;
    counts.open++;
    log.open(opened);
    const observe = scope.mode === 'observe' || options.paused();
    const track = live.begin(opened, observe);
    const watch = new Stopwatch();
    if (peer.looking === undefined) recordIdentity(log, track, peer.facts, current);
    else void peer.looking.then(() => recordIdentity(log, track, peer.facts, current));
    let model: MaskedText | null = null;
    const recorder = recorderFor(opened, track, watch, scope.requests !== 'pass', (request) => (model = request.model));
    let tokenId: string | undefined;
    const upstream = options.credentials.upstreamFor(client, scope.credentials, (id) => (tokenId = id));
    let place = -1;
    const tick = runExchange(
      watch.client(client),
      {
        head,
        dialect,
        masking: maskingInForce,
        observe,
        requests: scope.requests,
        passUnreadable: version.passUnreadable(head.host, head.port),
        keepAlive: scope.approval.keepAlive,
        risk() {
          refresh();
          const folder = projectOf(peer.facts);
          return (proposal, secrets) => assess.assess(proposal, { folder, home: options.home, secrets });
        },
        hash: options.hash,
        canDecode,
      },
      {
        upstream: watch.upstream(dialect.toolCalls === undefined ? upstream : afterLooking(upstream, peer)),
        decode: (source, coding) => watch.decoded(decodeBody(source, coding)),
        recorder,
        ask(asked, answered) {
          const folder = projectOf(peer.facts);
          const asker: Asker = {
            exchange: opened.id,
            session: opened.session,
            program: masked(current, peer.facts?.program ?? programOf(agent)),
            folder: folder === null ? null : masked(current, folder),
            host: opened.host,
            model,
            agent,
            provider: client.provider,
            approval: scope.approval,
          };
          const elapsed = (): number => clock.now() - startedAt;
          const question = options.desk.ask(asked, asker, (answer) => {
            track.released(elapsed());
            answered(answer);
          });
          track.held(question.id, elapsed());
          return question;
        },
        elapsed: () => clock.now() - startedAt,
        finished(closed, findings) {
          counts.open--;
          ticks.remove(place);
          options.originals.ended(opened.id);
          const { id, session, method, host, path } = opened;
          const { status, state, failure } = closed;
          if (tokenId !== undefined)
            options.credentials.tokens.spend(tokenId, (closed.usage?.input ?? 0) + (closed.usage?.output ?? 0));
          const duration = clock.now() - startedAt;
          track.finished(closed, duration);
          if (closed.state === 'done') added.add(watch.time);
          emit({
            event: 'exchange',
            id,
            session,
            method,
            host,
            path,
            dialect: dialect.id,
            status,
            state,
            failure,
            findings,
            duration,
          });
        },
      },
    );
    place = ticks.add(tick);
  };

  /** `warns`: what stands in requests is told as it is found, not only logged. */
  const recorderFor = (
    opened: ExchangeOpened,
    track: LiveTrack,
    watch: Stopwatch,
    warns: boolean,
    onRequest: (request: RecordedRequest) => void,
  ): ExchangeRecorder => {
    const { id } = opened;
    const tell = (findings: Parameters<ExchangeRecorder['findings']>[0]): void => {
      counts.findings += findings.length;
      for (const { side, rule, kind, severity, channel, fingerprint } of findings)
        emit({ event: 'finding', exchange: id, side, rule, kind, severity, channel, fingerprint });
    };
    return {
      request(request, findings) {
        onRequest(request);
        track.request(request.model, findings.length);
        log.request(id, request, findings);
        options.originals.found(id, findings);
        if (warns) tell(findings);
        else counts.findings += findings.length;
      },
      pieces(pieces) {
        log.pieces(id, pieces);
        track.pieces(pieces);
      },
      findings(findings) {
        log.findings(id, findings);
        track.findings(findings);
        options.originals.found(id, findings);
        tell(findings);
      },
      verdict(verdict) {
        log.verdict(id, verdict);
        track.verdict(verdict);
      },
      async close(closed, after) {
        try {
          await watch.recording(log.close(id, { ...closed, endedAt: opened.startedAt + after }));
        } catch (error) {
          if (inForce().onRecordFailure === 'stop') throw error;
        }
      },
    };
  };

  return {
    start,
    tick() {
      ticks.forEach((tick) => tick());
    },
    counts,
  };
}

/** Ids sort by time; the random part keeps processes apart, the counter what arrives in one millisecond. */
function createExchangeIds(): (at: number) => string {
  const own = randomBytes(4).toString('hex');
  let count = 0;
  return (at) => `x-${at.toString(36)}-${own}-${(count++).toString(36)}`;
}
