// Masking without a proxy: `scrim mask`.

import { losslessCodec } from '../base/lossless-text.ts';
import type { Finding, Masking } from '../masking/masking.ts';
import { applyEdits, checkRule } from '../masking/masking.ts';
import { locations } from '../settings/locations.ts';
import type { MaskingPolicy, Policy } from '../policy/policy.ts';
import { checkRiskRule } from '../risk/risk.ts';
import { createPolicyFile } from '../settings/policy-file.ts';
import { CoreError } from './core-error.ts';
import { openKeyStores, type KeysOptions } from './key-stores.ts';
import { openFingerprint } from './fingerprint.ts';
import { openMaskingSource } from './masking-source.ts';

interface MaskOptions extends KeysOptions {
  readonly policy?: string | undefined;
}

/** The masking of the policy file. Rejects when the file is not valid: a wrong rule must not mean an unmasked text. */
export async function openMasking(options: MaskOptions): Promise<Masking> {
  return (await openMaskingOf(options)).masking;
}

/** The same with the policy itself, and the masking of each of its scopes. */
export async function openMaskingOf(options: MaskOptions): Promise<{
  readonly policy: Policy;
  readonly masking: Masking;
  readonly maskingOf: (scoped: MaskingPolicy) => Masking;
}> {
  const places = locations({ dataDir: options.dataDir, policyFile: options.policy, env: options.env });
  const file = await createPolicyFile({
    path: places.policyFile,
    checkRule,
    checkRiskRule,
    onChange: () => undefined,
    watch: false,
  });
  file[Symbol.dispose]();
  const [problem] = file.problems;
  if (problem !== undefined)
    throw new CoreError('policy', `${places.policyFile}:${problem.line}:${problem.column}: ${problem.message}`);
  const { own: secrets } = await openKeyStores(places, options);
  const fingerprint = await openFingerprint(secrets);
  const source = await openMaskingSource(file.policy, { env: options.env, projectFolder: process.cwd(), fingerprint });
  return { policy: file.policy, masking: source.of(file.policy.masking), maskingOf: (scoped) => source.of(scoped) };
}

/** Masks a text as it comes, byte for byte where nothing matches. */
export async function* maskStream(masking: Masking, input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const masker = masking.stream();
  const codec = losslessCodec();
  let buffer = '';
  let start = 0;
  const release = (): Uint8Array => {
    const length = masker.settled - start;
    const text = applyEdits(buffer.slice(0, length), masker.takeEdits(), start);
    buffer = buffer.slice(length);
    start += length;
    return codec.encode(text);
  };
  const push = (text: string): Uint8Array => {
    buffer += text;
    masker.push(text);
    return release();
  };
  for await (const bytes of input) {
    const out = push(codec.decode(bytes));
    if (out.length > 0) yield out;
  }
  const rest = push(codec.finish());
  if (rest.length > 0) yield rest;
  masker.end();
  yield release();
}

/** A whole text, for what cannot be said before its end. Rejects past 16 MiB. */
export async function readAll(input: AsyncIterable<Uint8Array>): Promise<string> {
  const codec = losslessCodec();
  let text = '';
  for await (const bytes of input) {
    text += codec.decode(bytes);
    if (text.length > 16 * 1024 * 1024) throw new CoreError('usage', 'Give a text of 16 MiB at most.');
  }
  return text + codec.finish();
}

export interface MaskedLine {
  readonly id: unknown;
  readonly text: string;
  /** Positions in UTF-16 units of the input text. */
  readonly findings: readonly {
    rule: string;
    kind: string;
    start: number;
    end: number;
    severity: string;
    certainty: string;
  }[];
}

/** One line of `--format jsonl`: `{"id","text"}`. Throws CoreError when it is not that. */
export function maskLine(masking: Masking, line: string): MaskedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new CoreError('usage', 'Give one JSON object per line, {"id": …, "text": "…"}; a line is not JSON.');
  }
  const { id, text } = (typeof value === 'object' && value !== null ? value : {}) as { id?: unknown; text?: unknown };
  if (typeof text !== 'string') throw new CoreError('usage', 'Give each line a "text" that is a string.');
  const edits = masking.edits(text);
  const findings = edits.map((edit) => edit.finding).filter((finding): finding is Finding => finding !== undefined);
  return {
    id: id ?? null,
    text: applyEdits(text, edits),
    findings: findings.map(({ rule, kind, start, end, severity, certainty }) => ({
      rule,
      kind,
      start,
      end,
      severity,
      certainty,
    })),
  };
}
