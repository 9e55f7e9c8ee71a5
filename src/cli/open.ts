// scrim open: the window of the running instance, in a browser.

import { openWindow, type OpenFlags } from '../core/open-window.ts';
import { common } from './inspect.ts';
import { printJson, printLine, tell, type GlobalOptions } from './output.ts';

export async function open(screen: string | undefined, flags: OpenFlags, global: GlobalOptions): Promise<number> {
  const url = await openWindow(common(global), screen ?? '', flags);
  if (global.json === true) printJson({ url });
  else if (flags.print === true) printLine(url);
  else tell('The window opens in your browser. For another one: scrim open --print (good once, for ten minutes).');
  return 0;
}
