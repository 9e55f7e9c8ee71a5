// Durations and sizes as people write them in the policy file.

export const durationPattern = /^(\d{1,9})\s?(ms|s|m|h|d|w)$/;
export const sizePattern = /^(\d{1,12})\s?(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/i;

const durations = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const sizes = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** Milliseconds of `60s`, `10m`, `500ms`; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  return match === null ? undefined : exact(Number(match[1]) * durations[match[2] as keyof typeof durations]);
}

/** Bytes of `64KiB`, `2GB`; undefined when the text is no size. Units in any case; KB is 1,000, KiB is 1,024. */
export function parseSize(text: string): number | undefined {
  const match = sizePattern.exec(text);
  return match === null
    ? undefined
    : exact(Number(match[1]) * sizes[(match[2] ?? '').toLowerCase() as keyof typeof sizes]);
}

/** Beyond 2^53 a number is no longer the one that was written. */
function exact(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}
