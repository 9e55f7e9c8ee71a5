// A browser proves that it is the one that the person opened: with a key that cannot leave it. No token is ever stored.

const databaseName = 'scrim';
const storeName = 'keys';
const channelName = 'scrim';
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

/** The code of the address is used and taken away; else the key of an earlier pairing signs. Undefined: neither worked. */
export async function pairedToken(typed?: string): Promise<string | undefined> {
  const code = typed ?? takeCode();
  const pair = (code === undefined ? undefined : await newPair()) ?? (await storedPair());
  if (pair === undefined) return undefined;
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const key = { kty, crv, x, y };
  if (code !== undefined) {
    const token = await post('/pair', { code, key });
    if (token === undefined) return undefined;
    await store(pair);
    // To pages of this browser that wait for it; nothing but the fact.
    new BroadcastChannel(channelName).postMessage('paired');
    return token;
  }
  const { challenge } = (await (await fetch('/pair/challenge', { method: 'POST' })).json()) as { challenge: string };
  const signed = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    pair.privateKey,
    new TextEncoder().encode(`scrim window ${challenge}`),
  );
  return post('/pair/resume', { challenge, key, signature: base64Url(new Uint8Array(signed)) });
}

/** Whether this browser was paired at some time: with an earlier run, where its key is refused. */
export async function wasPaired(): Promise<boolean> {
  return (await storedPair()) !== undefined;
}

/** Calls when another page of this browser has been paired; ends with what it returns. */
export function onPaired(call: () => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = call;
  return () => channel.close();
}

/** SECURITY: out of the address and the history before anything else is done. */
function takeCode(): string | undefined {
  const code = /[?&]code=([a-z0-9]+)/i.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(null, '', location.hash.replace(/\?.*$/, ''));
  return code;
}

function newPair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
}

async function post(path: string, body: object): Promise<string | undefined> {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) return undefined;
  const { token } = (await response.json()) as { token: string };
  return token;
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(databaseName, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(storeName);
  return settled(opening);
}

async function storedPair(): Promise<CryptoKeyPair | undefined> {
  const database = await open();
  const pair = (await settled(database.transaction(storeName).objectStore(storeName).get('window'))) as unknown;
  database.close();
  return pair as CryptoKeyPair | undefined;
}

async function store(pair: CryptoKeyPair): Promise<void> {
  const database = await open();
  await settled(database.transaction(storeName, 'readwrite').objectStore(storeName).put(pair, 'window'));
  database.close();
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser keeps nothing for this page.'));
  });
}
