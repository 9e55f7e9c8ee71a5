import { CoreError } from './core-error.ts';
import type { Address } from './serve-options.ts';

/** An address that cannot be listened on. `option`: the one that chooses another. */
export function cannotListen(wanted: Address, error: unknown, option: string): CoreError {
  const code = (error as NodeJS.ErrnoException).code ?? 'error';
  return new CoreError(
    'cannot-listen',
    `Choose another address with ${option}: ${wanted.host}:${wanted.port} cannot be used (${code}).`,
  );
}
