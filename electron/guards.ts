// What no page in this app may do, whatever it shows. Model output is untrusted text: a mistake in the window must end here.

import { app, shell, type Session, type WebContents } from 'electron';
import { isOwnAddress } from './own-address.ts';

/** What the window may open in the person's browser, exactly: where the providers hand out keys. */
const openable: readonly string[] = [
  'https://console.anthropic.com/settings/keys',
  'https://platform.openai.com/api-keys',
  'https://aistudio.google.com/apikey',
];

/** Switches with which another program could drive our window: its buttons answer questions. */
const drivingSwitches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-allow-origins',
  'inspect',
  'inspect-brk',
  'load-extension',
  'disable-web-security',
  'js-flags',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
  'browser-subprocess-path',
  'gpu-launcher',
];

/** Before the app is ready. Throws where it was started in a way that lets other programs into its window. */
export function guardStart(): void {
  // SECURITY: every page runs in Chromium's sandbox, also one that somebody adds and forgets to say so.
  app.enableSandbox();
  // SECURITY: with the debugging protocol any process of the user could press Allow. A build for development may be debugged.
  const found = app.isPackaged ? drivingSwitches.find((name) => app.commandLine.hasSwitch(name)) : undefined;
  if (found !== undefined)
    throw new Error(`Start Scrim without --${found}: it would let other programs use its window.`);
}

/** For every page that is ever made, ours or not. */
export function guardPages(): void {
  app.on('web-contents-created', (_event, contents) => guardPage(contents));
}

function guardPage(contents: WebContents): void {
  // SECURITY: the window stays on our own pages; a link in model output leads nowhere. Three events, since each sees another way.
  const stay = (details: { readonly url: string; preventDefault(): void }): void => {
    if (!isOwnAddress(details.url)) details.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  // SECURITY: no page opens a window; what is ours to open goes to the browser.
  contents.setWindowOpenHandler(({ url }) => {
    openInBrowser(url);
    return { action: 'deny' };
  });
  // SECURITY: a webview would be a page with rights of its own.
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** SECURITY: the system opens `file:`, `smb:` and others in ways that run programs, and an address can carry text away: only these. */
function openInBrowser(address: string): void {
  if (openable.includes(address)) void shell.openExternal(address).catch(() => undefined);
}

/** For the session that the windows live in. */
export async function guardSession(session: Session): Promise<void> {
  // SECURITY: both handlers: some permissions are only checked, others only requested. Copying text is all that a page may do.
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(permission === 'clipboard-sanitized-write' && isOwnAddress(requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === 'clipboard-sanitized-write' && isOwnAddress(`${origin}/`),
  );
  session.setDevicePermissionHandler(() => false);
  // SECURITY: the window needs no network. What its policy (protocol.ts) should ever let through ends here.
  session.webRequest.onBeforeRequest(({ url }, proceed) =>
    proceed({ cancel: !isOwnAddress(url) && !(isToolsAddress(url) && !app.isPackaged) && !url.startsWith('data:') }),
  );
  // SECURITY: our own proxy never applies to our own window, and no other one sees what it loads.
  await session.setProxy({ mode: 'direct' });
}

const isToolsAddress = (url: string): boolean => url.startsWith('devtools:');
