// What happens now.

import type { CoreParts } from './parts.ts';
import { os } from './implementer.ts';

export function liveProcedures({ live }: CoreParts) {
  return {
    watch: os.live.watch.handler(({ signal }) => live.watch(signal)),
    text: os.live.text.handler(({ input, signal }) => live.text(input.exchange, signal)),
  };
}
