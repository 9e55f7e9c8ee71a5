// JSON lines (https://jsonlines.org): the whole record and its proof, from which `scrim sessions verify FILE` proves it again.

import type { Exported } from './exported.ts';

export function jsonLine({ record, proof }: Exported): string {
  return JSON.stringify(
    proof === null ? { record } : { n: proof.n, record, digest: proof.digest, prev: proof.prev, hash: proof.hash },
  );
}
