// The client's own log-in, told by its shape: what must pass to its provider as it came, because no key can replace it.

import { headerValue, type RequestHead } from '../http/head.ts';
import { bearer } from './places.ts';

export type ClientLogin =
  /** Claude subscription: OAuth of Claude Code. */
  | 'claude'
  /** ChatGPT subscription: Codex. */
  | 'chatgpt'
  /** GitHub Copilot: its own token, or GitHub's. */
  | 'copilot'
  /** Google account: Gemini CLI, Vertex. */
  | 'google'
  /** Microsoft Entra ID. */
  | 'microsoft'
  /** A signed token of somebody else. */
  | 'jwt'
  /** A request signed with AWS keys. */
  | 'aws';

/** Undefined for API keys, local tokens and requests without a credential. */
export function clientLogin(head: RequestHead): ClientLogin | undefined {
  const authorization = headerValue(head.headers, 'authorization') ?? '';
  if (/^AWS4-HMAC-SHA256 /.test(authorization)) return 'aws';
  const token = bearer(head) ?? '';
  if (/^sk-ant-o[a-z]{2}[0-9]{2}-/.test(token)) return 'claude';
  if (/^ya29\./.test(token)) return 'google';
  // Copilot's is a list of fields with a signature: `tid=…;exp=…;…:…`.
  if (/^(?:tid=[^;]*;|gh[opusr]_|github_pat_)/.test(token)) return 'copilot';
  const claims = claimsOf(token);
  return claims === undefined ? undefined : issuerOf(claims);
}

function issuerOf(claims: Readonly<Record<string, unknown>>): ClientLogin {
  const issuer = URL.parse(typeof claims['iss'] === 'string' ? claims['iss'] : '')?.hostname ?? '';
  if (issuer === 'auth.openai.com' || 'https://api.openai.com/auth' in claims) return 'chatgpt';
  if (/^(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn)$/.test(issuer))
    return 'microsoft';
  return issuer === 'accounts.google.com' ? 'google' : 'jwt';
}

/** Of a JWT (RFC 7519 §3); its signature is its provider's business. */
function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [header = '', payload = '', , ...more] = token.split('.');
  if (more.length > 0 || !header.startsWith('eyJ') || token.length > 65_536) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
