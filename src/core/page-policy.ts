// What a page of ours may do, wherever it is served from, and the kinds of file that it is made of.

/** Content-Security-Policy. `connect`: `'self'` over loopback HTTP; `'none'` where the page speaks over a message port. */
export function pagePolicy(connect: "'self'" | "'none'"): string {
  // SECURITY: nothing from elsewhere, nothing inline, no forms, and nobody may frame it.
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Content types by the end of a file's name; SECURITY: no other kind is served. */
export const fileTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
