// What looks like a credential though no rule knows it: by shape and randomness alone. Only for review by a person; it
// never holds a stream and masks nothing, because digests, identifiers and data look alike.
import { entropyOf, isGibberish } from './entropy.ts';
import type { Edit, Finding } from './finding.ts';
import { isStandIn } from './stand-ins.ts';

const run = /[A-Za-z0-9+/=_.~-]{20,}/gu;
/** Digests, UUIDs, versions, addresses and file names, however random they look. */
const harmless =
  /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^(?:sha\d+|md5|h1)[-:]|^v?\d+(?:\.\d+)+|\/.*\/|\.[a-z]{2,4}$|^(?:AAAA[BCE]|iVBOR|data)/iu;

/** Suspicious runs in a text, outside what the rules have masked already. */
export function suspectsIn(text: string, edits: readonly Edit[], fingerprint: (value: string) => string): Finding[] {
  const found: Finding[] = [];
  let next = 0;
  for (const match of text.matchAll(run)) {
    const start = match.index;
    const end = start + match[0].length;
    while (next < edits.length && (edits[next] as Edit).end <= start) next++;
    const edit = edits[next];
    if (edit !== undefined && edit.start < end) continue;
    // A blob of kilobytes is data, not a credential.
    if (
      match[0].length > 300 ||
      !isSuspicious(match[0]) ||
      text.slice(Math.max(0, start - 8), start).includes('base64,')
    )
      continue;
    found.push({
      rule: 'looks-like-secret',
      kind: 'unknown',
      severity: 'low',
      certainty: 'format',
      start,
      end,
      fingerprint: fingerprint(match[0]).slice(0, 16),
    });
  }
  return found;
}

function isSuspicious(value: string): boolean {
  if (harmless.test(value) || isStandIn(value)) return false;
  const mixed = /[0-9]/u.test(value) && /[a-z]/u.test(value) && /[A-Z]/u.test(value);
  return mixed && entropyOf(value) >= 3.8 && isGibberish(value);
}
