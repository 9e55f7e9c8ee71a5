// Hosts in addresses.

/** The host of an address as people write it (`https://a.b/c`, `user@a.b:path`, `a.b:443/x`); null when it is not to be known. */
export function hostOf(address: string): string | null {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address);
  let rest = scheme === null ? address : address.slice(scheme[0].length);
  rest = /^[^/?#\\]*/.exec(rest)?.[0] ?? '';
  rest = rest.slice(rest.lastIndexOf('@') + 1);
  if (rest.startsWith('[')) return rest.slice(1, rest.indexOf(']')).toLowerCase() || null;
  const host = rest.replace(/:.*$/s, '').replace(/\.$/, '').toLowerCase();
  if (host === '' || host.length > 253) return null;
  const number = /^(?:0x[0-9a-f]+|\d{4,10}|0\d+)$/.test(host) ? addressOf(host) : host;
  return /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/.test(number) ? number : null;
}

/** `2852039166` and `0xa9fea9fe` are addresses too. */
function addressOf(text: string): string {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) return text;
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

export function isUrl(text: string): boolean {
  return /^(?:https?|ftps?|sftp|wss?|gopher|scp|ssh|git|s3|gs|tcp|udp):\/\//i.test(text);
}

/** `*.example.com` is any depth below; `example.com` is the host and what lies below it; a port does not matter. */
export function hostMatches(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase().replace(/:\d+$/, '');
  if (wanted === '*' || wanted === host) return true;
  if (!wanted.includes('*')) return false;
  if (wanted.startsWith('*.') && !wanted.slice(2).includes('*')) return host.endsWith(wanted.slice(1));
  const source = wanted.split('*').map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${source.join('[^.]*')}$`).test(host);
}

const sourceHosts =
  /^(?:.*\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|sr\.ht|dev\.azure\.com|visualstudio\.com|gitee\.com|huggingface\.co|salsa\.debian\.org|git\.kernel\.org|sourceforge\.net|gitlab\.[a-z0-9.-]+|gitea\.[a-z0-9.-]+)$/;

/** Places where repositories usually live: a push there is part of the work. */
export function isSourceHost(host: string): boolean {
  return sourceHosts.test(host);
}

const registries =
  /^(?:.*\.)?(?:npmjs\.(?:org|com)|yarnpkg\.com|pypi\.org|pythonhosted\.org|pytorch\.org|crates\.io|rubygems\.org|golang\.org|nuget\.org|maven\.org|packagist\.org|jsr\.io|npm\.pkg\.github\.com|npmmirror\.com|pypi\.nvidia\.com|anaconda\.(?:com|org)|conda\.io|jfrog\.io|cloudsmith\.io|pkg\.dev|amazonaws\.com|deno\.land|unpkg\.com|jsdelivr\.net|debian\.org|ubuntu\.com|launchpad\.net|googleapis\.com|microsoft\.com|docker\.com|tuna\.tsinghua\.edu\.cn|aliyun\.com)$/;

/** Where packages usually come from. */
export function isRegistry(host: string): boolean {
  return registries.test(host);
}

const dropHosts =
  /(?:^|\.)(?:webhook\.site|requestbin\.(?:com|net)|pipedream\.net|requestcatcher\.com|hookbin\.com|beeceptor\.com|interact\.sh|oast\.(?:pro|live|site|online|fun|me)|oastify\.com|burpcollaborator\.net|dnslog\.cn|ngrok\.(?:io|app)|ngrok-free\.(?:app|dev)|trycloudflare\.com|loca\.lt|serveo\.net|localhost\.run|pastebin\.com|paste\.ee|hastebin\.com|dpaste\.(?:com|org)|termbin\.com|ix\.io|sprunge\.us|0x0\.st|clbin\.com|paste\.rs|transfer\.sh|file\.io|tmpfiles\.org|gofile\.io|anonfiles\.com|bashupload\.com|temp\.sh|catbox\.moe|oshi\.at|rentry\.co|privatebin\.net|controlc\.com|hooks\.slack\.com|discord(?:app)?\.com|api\.telegram\.org|hooks\.zapier\.com|ifttt\.com|canarytokens\.com)$/;

/** Webhooks, paste sites, tunnels: places whose purpose is to take anything from anyone. */
export function isDropHost(host: string): boolean {
  return dropHosts.test(host);
}

const metadataHosts =
  /^(?:169\.254\.169\.254|169\.254\.170\.2|169\.254\.170\.23|100\.100\.100\.200|192\.0\.0\.192|metadata\.google\.internal|metadata\.azure\.internal|metadata|fd00:ec2::254|instance-data(?:\.ec2\.internal)?)$/;

/** The cloud's metadata service, which hands out the machine's credentials. */
export function isMetadataHost(host: string): boolean {
  return metadataHosts.test(host);
}
