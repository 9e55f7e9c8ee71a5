// How long known clients wait for an answer before they give up and send the request again. "Measured": a server that
// said nothing, the version beside it. A client that gives up repeats its request, and the repeat joins the open question.

interface Patience {
  readonly agent: RegExp;
  /** Seconds until the client gives up while nothing is sent, not even a head. Null: no limit is known. */
  readonly silent: number | null;
}

/** A denial must reach the client before it gives up. */
const SPARE_MS = 10_000;

/** The first that matches counts: programs stand before the libraries they are made with. */
const patience: readonly Patience[] = [
  // Measured, 2.1.328: repeats after 180 s without a head; silent after the head, it sends the request again without
  // `stream`. With `ping`, 420 s were fine.
  { agent: /^claude-cli\//, silent: 180 },
  // `stream_idle_timeout_ms` is 300000. Measured, 0.169.0: a `keepalive` event starts it anew, a comment or a blank line does not.
  { agent: /^codex[-_]/, silent: 300 },
  // Measured, 0.61.0: undici's 300 s, as below. With blank lines, 420 s were fine.
  { agent: /^GeminiCLI/, silent: 300 },
  // Measured, 1.18.33: sent again within 590 s of silence; it runs on Bun, as below. With `ping`, 420 s were fine.
  { agent: /^opencode\//, silent: 300 },
  // Measured, 1.0.102: 420 s of silence were fine.
  { agent: /^(copilot\/|GitHubCopilotCLI)/, silent: null },
  // Measured, Cline 3.0.65 (AI SDK on Bun): "operation timed out" after 300 s of silence.
  { agent: /\bruntime\/bun\b|^Bun\//, silent: 300 },
  // Measured, Node 24: undici's headersTimeout and bodyTimeout are 300 s, less than the SDKs' own 600 s
  // (https://undici.nodejs.org/#/docs/api/Client). "node" is what fetch calls itself.
  { agent: /^(OpenAI\/JS|Anthropic\/JS|QwenCode\/|ollama-js\/|undici|node$)|\bruntime\/node\.js\b/, silent: 300 },
  // The SDKs' default of 10 minutes is httpx's time between two reads. Measured: 420 s of silence were fine.
  { agent: /^(OpenAI|Anthropic)\/Python/, silent: 600 },
  // botocore's `read_timeout` is 60 s between two reads
  // (https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html).
  { agent: /^Boto3\//, silent: 60 },
];

/**
 * The longest that a client waits, in milliseconds, with time to spare for the answer's way. It counts from the request,
 * so take off what has passed. Null: no limit is known.
 * @param streamed the head is out and keep-alives of the dialect are sent while the question waits: all of these count
 *   from the last event, so there is no limit (the longest that was tried is 420 s)
 */
export function longestWait(userAgent: string, streamed: boolean): number | null {
  if (streamed) return null;
  const silent = patience.find(({ agent }) => agent.test(userAgent))?.silent ?? null;
  return silent === null ? null : silent * 1_000 - SPARE_MS;
}
