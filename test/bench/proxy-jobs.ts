// What the processes of the bench say to each other.

/** The name under which the bench's provider is reached; only proxies resolve it. */
export const hostName = 'llm.bench.test';

/** How a client reaches the server. */
export interface Target {
  /** `proxy`: CONNECT and TLS inside; `gateway`: plain HTTP. */
  readonly via: 'direct' | 'proxy' | 'gateway';
  readonly port: number;
}

export type BodyShape = 'string' | 'list' | 'numbers';

export type Job =
  | { readonly kind: 'probe'; readonly target: Target; readonly shape: BodyShape; readonly secret: string }
  | {
      readonly kind: 'requests';
      readonly target: Target;
      readonly connections: number;
      readonly method: 'GET' | 'POST';
      readonly warmMs: number;
      readonly ms: number;
    }
  | { readonly kind: 'body'; readonly target: Target; readonly shape: BodyShape; readonly times: number }
  | {
      readonly kind: 'burst';
      readonly target: Target;
      readonly streams: number;
      readonly events: number;
      readonly times: number;
    }
  | { readonly kind: 'latency'; readonly target: Target; readonly streams: number; readonly events: number };

/** Requests, megabytes or streams per second; milliseconds per event; or whether the secret arrived. */
export interface Result {
  readonly perSecond?: number;
  /** How much was done in all, warm-up included: requests, megabytes, streams, events. */
  readonly done: number;
  readonly p50?: number;
  readonly p99?: number;
  readonly secretArrived?: boolean;
}

export type ToClient =
  { readonly serverPort: number; readonly authorities: readonly string[] } | { readonly id: number; readonly job: Job };

export type FromClient = { readonly id: number } & ({ readonly result: Result } | { readonly error: string });

export interface ToServer {
  readonly key: string;
  readonly cert: string;
  /** Stands once in each body and each burst stream, so that the bench can prove that masking is on. */
  readonly secret: string;
}

export interface ToPeer {
  readonly caFolder: string;
  readonly upstreamCa: string;
}

/** What server and peer answer when they listen. */
export interface Listening {
  readonly port: number;
}

/** Paths of the server. */
export const paths = {
  tiny: '/v1/models/tiny',
  body: (shape: BodyShape) =>
    ({ string: '/v1/chat/completions', list: '/v1/files', numbers: '/v1/embeddings' })[shape] + `?shape=${shape}`,
  burst: (events: number) => `/v1/chat/completions?burst=${events}`,
  timed: (events: number, delay: number) => `/v1/chat/completions?timed=${events}&delay=${delay}`,
} as const;

/** Milliseconds between two events of a timed stream. */
export const eventEvery = 5;

/** Milliseconds of the clock that all processes of a machine share. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
