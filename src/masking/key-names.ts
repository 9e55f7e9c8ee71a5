// Names that say their value is secret: JSON keys, header names, environment variables.

/** `apiKey`, `api_key`, `API-KEY` are one name. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_ .]/gu, '');
}

const passwordEnd =
  /(?:passw(?:or)?d|passwd|passphrase|pwd|passcode|password(?:hash|value|text|string)?|passwordkey|contrasena|senha|kennwort)\d*$/u;
const tokenEnd =
  /(?:secret|secrets|secretkey|secretvalue|apikey|apikeys|apitoken|accesskey|accesskeyid|accesstoken|authtoken|refreshtoken|idtoken|sessiontoken|bearertoken|bottoken|usertoken|usertokens|devicetoken|clientsecret|consumersecret|consumerkey|privatekey|privatekeyid|encryptionkey|signingkey|masterkey|accountkey|sharedkey|storagekey|licensekey|subscriptionkey|webhooksecret|webhookurl|hmackey|authorization|cookie|setcookie|credential|credentials|connectionstring|jwt|bearer|token|authkey|deploykey|sshkey|gpgkey|servicekey|appkey|xapikey|privatetoken|oauthtoken|tokensecret|secretaccesskey|sessionkey|sessioncookie|seedphrase|mnemonic|recoverycode|recoverycodes|otpsecret|totpsecret)\d*$/u;
/** Names that end alike and are no secrets: cursors, counts, what a tokenizer speaks of. */
const harmless =
  /(?:(?:next|prev|previous|page|continuation|sync|cursor|start|eos|bos|pad|unk|sep|cls|mask|stop|special|added|max|min|num|total|input|output|prompt|completion|cached|reasoning|is|has|no|use|get|set|resume|scroll|change|upload|idempotency|request)token|tokencount|publickey|foreignkey|primarykey|partitionkey|sortkey|thoughtsignature|keysignature|typesignature|functionsignature|methodsignature)$/u;

export type NameStrength = 'listed' | 'password' | 'token' | 'none';

/** Answers for names, remembered: asked for every key of every body. */
export class KeyNames {
  readonly #listed: readonly RegExp[];
  readonly #answers = new Map<string, NameStrength>();

  constructor(keys: readonly string[], env: readonly string[]) {
    this.#listed = [...keys, ...env].map(
      (key) =>
        new RegExp(
          `^${key
            .split('*')
            .map((part) => normalizeName(part).replace(/[^a-z0-9]/gu, '\\$&'))
            .join('.*')}$`,
          'u',
        ),
    );
  }

  strengthOf(name: string): NameStrength {
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const answer = this.#compute(name);
    // Bounded: a body may hold any number of keys.
    if (this.#answers.size >= 8192) this.#answers.clear();
    this.#answers.set(name, answer);
    return answer;
  }

  #compute(name: string): NameStrength {
    if (name.length > 128) return 'none';
    const normal = normalizeName(name);
    if (this.#listed.some((pattern) => pattern.test(normal))) return 'listed';
    if (harmless.test(normal)) return 'none';
    if (passwordEnd.test(normal) || /^(?:pin|pincode|cvv|cvc|otp|securitycode|pass|pw)$/u.test(normal))
      return 'password';
    return tokenEnd.test(normal) ? 'token' : 'none';
  }
}
