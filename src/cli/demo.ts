import { tell, type GlobalOptions } from './output.ts';

export function demo(_global: GlobalOptions): number {
  tell('not yet');
  return 1;
}
