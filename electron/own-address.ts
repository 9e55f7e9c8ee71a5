// The address of our own pages: a scheme of our own, so that no file and no server is ever "us".

export const scheme = 'app';
export const origin = `${scheme}://scrim`;

/** `app://scrim/…`, parsed: text that only begins that way is not it. */
export function isOwnAddress(address: string): boolean {
  const url = URL.parse(address);
  return (
    url?.protocol === `${scheme}:` &&
    url.host === 'scrim' &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  );
}

/** @param route what the window shows, as `approvals` or `approvals/q-1` */
export function pageAddress(route: string): string {
  return `${origin}/index.html#/${route}`;
}
