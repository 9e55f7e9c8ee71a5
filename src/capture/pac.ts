// Proxy auto-configuration: a script that the system asks for each address. Only model hosts come to Scrim.

export interface PacOptions {
  /** `http://127.0.0.1:8877` */
  readonly proxy: string;
  /** Host names, `*.example.com` for everything below a domain, `*` for every host but loopback. */
  readonly hosts: readonly string[];
}

/** The script, to be served as `application/x-ns-proxy-autoconfig`. There is no way round: when Scrim does not run, model hosts cannot be reached. */
export function pacText({ proxy, hosts }: PacOptions): string {
  const exact = hosts.filter((host) => !host.startsWith('*.'));
  const below = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  const answer = JSON.stringify(`PROXY ${new URL(proxy).host}`);
  const lower = (names: readonly string[]) => JSON.stringify([...new Set(names.map((name) => name.toLowerCase()))]);
  // ES3: some systems still read this with an engine of that age.
  return `function FindProxyForURL(url, host) {
  host = host.toLowerCase().replace(/\\.$/, '');
  var exact = ${lower(exact)};
  var below = ${lower(below)};
  var i;
  for (i = 0; i < exact.length; i++) if (host === exact[i]) return ${answer};
  for (i = 0; i < below.length; i++) if (host.length > below[i].length && host.slice(-below[i].length) === below[i]) return ${answer};
  return ${hosts.includes('*') ? `/^(localhost|127\\..*|\\[?::1\\]?)$/.test(host) ? 'DIRECT' : ${answer}` : "'DIRECT'"};
}
`;
}
