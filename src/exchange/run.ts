// The driver: the only code that waits between socket and socket. Order, back-pressure and cancellation live here, in one
// closure, because each of them depends on the others: hence its length.

import type { Answer } from '../contract/questions.ts';
import type {
  ExchangeClosed,
  RecordedFinding,
  RecordedPiece,
  RecordedRequest,
  RecordedVerdict,
} from '../contract/records.ts';
import type {
  BodyListener,
  BodySink,
  BodySource,
  ClientSide,
  TransportError,
  Upstream,
  UpstreamSide,
} from '../http/exchange-ports.ts';
import type { RawHeaders } from '../http/head.ts';
import type { Command, ExchangeEvent } from './events.ts';
import { createExchange } from './machine.ts';
import type { ExchangeSetup } from './setup.ts';

/** Where the records of one exchange go. */
export interface ExchangeRecorder {
  request(request: RecordedRequest, findings: readonly RecordedFinding[]): void;
  pieces(pieces: readonly RecordedPiece[]): void;
  findings(findings: readonly RecordedFinding[]): void;
  verdict(verdict: RecordedVerdict): void;
  /** Resolves when it is on disk; rejects when the store refuses. */
  close(closed: Omit<ExchangeClosed, 'endedAt'>, after: number): Promise<void>;
}

export interface ExchangePorts {
  readonly upstream: Upstream;
  readonly decode: (source: BodySource, coding: string) => BodySource;
  readonly recorder: ExchangeRecorder;
  /** Asks a person; `answered` is called once, later, unless the question is withdrawn. */
  readonly ask: (asked: Asked, answered: (answer: Answer) => void) => { withdraw(): void };
  /** Milliseconds since the exchange began. */
  readonly elapsed: () => number;
  /** The exchange is over: its last record and the number of findings. */
  readonly finished: (closed: Omit<ExchangeClosed, 'endedAt'>, findings: number) => void;
}

export type Asked = Omit<Extract<Command, { type: 'ask' }>, 'type' | 'question'>;

/** Returns what tells the exchange that time has passed. */
export function runExchange(client: ClientSide, setup: ExchangeSetup, ports: ExchangePorts): () => void {
  const exchange = createExchange(setup);
  const { recorder, elapsed } = ports;
  let upstream: UpstreamSide | undefined;
  let upstreamBody: BodySource | undefined;
  let sink: BodySink | undefined;
  let clientGone = false;
  /** Commands behind a record that is not on disk yet. */
  let waiting: Command[] | undefined;
  let responsePaused = false;
  let requestPaused = false;

  let open: { withdraw(): void } | undefined;

  let requestOver = false;

  const step = (event: ExchangeEvent): void => {
    if (event.type === 'request-end') requestOver = true;
    execute(exchange.step(event));
    if (exchange.over() && !requestOver) abandonRequest();
  };
  /** The answer is complete and the upload is not: nobody wants its rest, but it stands before the connection's next request. */
  const abandonRequest = (): void => {
    requestOver = true;
    upstream?.cancel();
    if (requestPaused) client.body.resume();
  };
  const execute = (commands: readonly Command[]): void => {
    for (let i = 0; i < commands.length; i++) {
      const command = commands[i];
      if (command === undefined) continue;
      if (waiting !== undefined) waiting.push(command);
      else perform(command);
    }
  };
  const perform = (command: Command): void => {
    switch (command.type) {
      case 'connect':
        upstream = ports.upstream.request(command.head, {
          information: (head) => step({ type: 'information', head, at: elapsed() }),
          response(head, body) {
            upstreamBody = body;
            step({ type: 'response-head', head, at: elapsed() });
          },
          failed,
        });
        return;
      case 'send-upstream':
        if (upstream?.body.write(command.bytes) === false && !requestPaused) {
          requestPaused = true;
          client.body.pause();
          upstream.body.drained(() => {
            requestPaused = false;
            client.body.resume();
          });
        }
        return;
      case 'end-upstream':
        upstream?.body.end(command.trailers);
        return;
      case 'cancel-upstream':
        upstream?.cancel();
        return;
      case 'receive':
        receive(command.coding);
        return;
      case 'inform':
        if (!clientGone) client.inform(command.head);
        return;
      case 'respond':
        if (!clientGone) sink = client.respond(command.head);
        return;
      case 'send-client':
        if (!clientGone && sink?.write(command.data) === false) slowDown(sink);
        return;
      case 'end-client':
        if (!clientGone) sink?.end(command.trailers);
        return;
      case 'reset-client':
        if (!clientGone) client.reset();
        return;
      case 'record-request':
        recorder.request(command.request, command.findings);
        return;
      case 'record-pieces':
        recorder.pieces(command.pieces);
        return;
      case 'record-findings':
        recorder.findings(command.findings);
        return;
      case 'record-verdict':
        recorder.verdict(command.verdict);
        return;
      case 'ask': {
        const { question, held, canonical, requestKey } = command;
        const asked = { held, canonical, requestKey };
        open = ports.ask(asked, (answer) => step({ type: 'answered', question, answer, at: elapsed() }));
        return;
      }
      case 'withdraw':
        open?.withdraw();
        return;
      case 'record-closed':
        close(command.closed, command.after);
    }
  };

  const slowDown = (slow: BodySink): void => {
    if (responsePaused) return;
    responsePaused = true;
    upstreamBody?.pause();
    slow.drained(() => {
      responsePaused = false;
      upstreamBody?.resume();
    });
  };
  const close = (closed: Omit<ExchangeClosed, 'endedAt'>, after: number): void => {
    waiting = [];
    recorder.close(closed, after).then(
      () => {
        const rest = waiting ?? [];
        waiting = undefined;
        execute(rest);
        ports.finished(closed, exchange.findings());
      },
      () => {
        // SECURITY: what cannot be recorded does not end well for the client either (fail closed).
        waiting = undefined;
        upstream?.cancel();
        if (!clientGone) client.reset();
        ports.finished({ ...closed, state: 'failed', failure: 'cannot-record' }, exchange.findings());
      },
    );
  };
  const receive = (coding: string | undefined): void => {
    if (upstreamBody === undefined) return;
    if (coding !== undefined) upstreamBody = ports.decode(upstreamBody, coding);
    upstreamBody.listen({
      data: (bytes) => step({ type: 'response-bytes', bytes, at: elapsed() }),
      end: (trailers) => step({ type: 'response-end', trailers, at: elapsed() }),
      failed,
    });
  };
  const failed = (error: TransportError): void => {
    step({ type: 'lost', code: error.code, reason: error.message, at: elapsed() });
  };

  client.left(() => {
    clientGone = true;
    step({ type: 'lost', code: 'client-lost', reason: 'The client left before the response ended.', at: elapsed() });
    upstream?.cancel();
  });
  execute(exchange.begin());
  listenToRequest(client, exchange.requestCoding, ports, step, elapsed);
  return () => step({ type: 'tick', at: elapsed() });
}

/** Delivers the request body as sent and, where it has a content coding, decoded beside it. */
function listenToRequest(
  client: ClientSide,
  coding: string | undefined,
  ports: ExchangePorts,
  step: (event: ExchangeEvent) => void,
  elapsed: () => number,
): void {
  let copy: BodyListener | undefined;
  /** The end waits for both: the bytes and their decoded copy. */
  let missing = coding === undefined ? 1 : 2;
  let ending: RawHeaders = [];
  const ended = (trailers: RawHeaders): void => {
    if (trailers.length > 0) ending = trailers;
    if (--missing === 0) step({ type: 'request-end', trailers: ending, at: elapsed() });
  };
  if (coding !== undefined) {
    const source: BodySource = {
      listen(listener) {
        copy = listener;
      },
      pause: () => client.body.pause(),
      resume: () => client.body.resume(),
    };
    ports.decode(source, coding).listen({
      data: (bytes) => step({ type: 'request-plain', bytes, at: elapsed() }),
      end: () => ended([]),
      failed() {
        copy = undefined;
        step({ type: 'request-unreadable', at: elapsed() });
        ended([]);
      },
    });
  }
  client.body.listen({
    data(bytes) {
      step({ type: 'request-bytes', bytes, at: elapsed() });
      copy?.data(bytes);
    },
    end(trailers) {
      copy?.end([]);
      ended(trailers);
    },
    failed: (error) => step({ type: 'lost', code: error.code, reason: error.message, at: elapsed() }),
  });
}
