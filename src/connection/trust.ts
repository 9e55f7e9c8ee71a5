// What we trust upstream, and what a failed connection means.

import tls from 'node:tls';
import { TransportError } from '../http/exchange-ports.ts';

/** Bundled and system roots plus the given PEM files: one context for all upstream connections. */
export function createTrust(extraCa: readonly string[]): tls.SecureContext {
  const roots = new Set(tls.getCACertificates('bundled'));
  for (const each of tls.getCACertificates('system')) roots.add(each);
  // NODE_EXTRA_CA_CERTS of our own process: a company's authority is often only named there.
  for (const each of tls.getCACertificates('extra')) roots.add(each);
  return tls.createSecureContext({ ca: [...roots, ...extraCa] });
}

// OpenSSL's verification results as Node names them; BoringSSL uses the same names.
const untrusted =
  /^(?:ERR_TLS_CERT_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|CRL_|ERROR_IN_CERT)/;

function reasonFor(code: string, where: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_FAIL':
      return `The name of ${where} could not be resolved: check the host name, the network, or add a --resolve rule.`;
    case 'ECONNREFUSED':
      return `${where} refused the connection: check that the server runs and that the port is right.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${where} could not be reached: check the network, the firewall, or set --upstream-proxy.`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `${where} does not speak TLS on that port: check the scheme and the port.`;
    case 'HPE_HEADER_OVERFLOW':
      return `${where} sent a header section that is too large: ask the provider, or exclude the host from interception.`;
    default:
      return `The connection to ${where} was lost: try again.`;
  }
}

function certificateReason(code: string, where: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return `The certificate of ${where} has expired: its owner has to renew it (check this machine's clock, too).`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return `The certificate of ${where} is for another name: check the host name and the --resolve rules.`;
    default:
      return `The certificate of ${where} is not signed by a trusted authority: add that authority with --upstream-ca.`;
  }
}

/** `where`: host and port as the person knows them. Nothing of the peer's own words gets into the message. */
export function classified(error: unknown, where: string): TransportError {
  if (error instanceof TransportError) return error;
  const cause = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (untrusted.test(code)) return new TransportError('untrusted-upstream', certificateReason(code, where), { cause });
  if (code === 'HPE_HEADER_OVERFLOW') return new TransportError('too-large', reasonFor(code, where), { cause });
  return new TransportError('upstream-lost', reasonFor(code, where), { cause });
}
