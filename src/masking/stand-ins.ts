// Values that stand for a secret instead of being one: `changeme`, `<your-key>`, `${TOKEN}`, `process.env.X`, `xxxx`.
import { isGibberish } from './entropy.ts';

/** A value made of these words only names what belongs there. */
const standInWords = new Set(
  (
    'my your yours the some a an our user users test tests testing db database admin root new old app api default enter insert put add use set ' +
    'change changeme change replace replaceme fake dummy mock mocked demo sample example examples temp tmp super very top secure secured strong ' +
    'safe valid invalid wrong bad good correct incorrect random long short plain clear hashed encrypted raw hex real actual client server service ' +
    'access refresh auth authentication authorization bearer basic session secret secrets private public signing encryption master personal ' +
    'github gitlab aws azure gcp google slack stripe openai anthropic twilio sendgrid jwt oauth smtp mail email ftp ssh ssl tls redis mysql ' +
    'postgres postgresql mongo mongodb rabbitmq kafka repo deploy webhook bot shared initial one time only here this that is not for value ' +
    'values string text of in from with and or to it goes required optional missing empty pass passwd password passwords passphrase pwd pw ' +
    'token tokens key keys apikey credential credentials cred creds id name username login hash salt code pin path file url uri field input ' +
    'label placeholder param parameter arg env environ environment var variable config settings setting property type prefix suffix header ' +
    'cookie scheme store manager provider handler reset forgot confirm confirmation verify update create delete get has no none null nil ' +
    'undefined true false yes on off me now please todo tbd fixme redacted masked hidden removed omitted censored protected sensitive ' +
    'confidential ref reference unused ignored unset unknown anything something whatever foo bar baz qux foobar abc xyz asdf ' +
    'lorem ipsum number int integer bool boolean float double object array list map any void char byte bytes str function func return await ' +
    'async const let final static readonly self that props state data body params query headers request response req res ctx context options ' +
    'opts args kwargs process os system settings secretkey accesskey privatekey publickey getenv element document window form ' +
    'account project org organization team company domain host hostname port local localhost dev development prod production staging stage ' +
    'generated generate generator read write vault keychain keyring prompt ask stdin print println printf log logger error fail failed ' +
    'expired expires expiry invalidtoken notset changed current previous next first last second other another same different length min max ' +
    'secretpassword mypassword yourpassword mysecret yoursecret mytoken yourtoken yourapikey myapikey somepassword somesecret userpassword ' +
    'xxx xxxx xxxxx yyy zzz utf ascii latin uint base array buffer keyword expression identifier literal unauthorized forbidden ' +
    'scram declarations handler guest passed passes failed pending skipped visible invisible success failure algorithm format mode type kind group role scope level ' +
    'sha md aes rsa hmac plaintext numeric alphanumeric alpha'
  ).split(' '),
);

const references =
  /^(?:\$|%[A-Za-z_{]|@[A-Za-z{]|&|!|#\{|\{|\[|<|\(|\*|~\/|\.{0,2}\/|ENC\[|vault:|secret:\/\/|ref\+|op:\/\/|arn:|env[.:]|file:|https?:\/\/|git@|data:|sha(?:1|256|512)[-:]|[a-z]+\(|System\.|os\.|process\.|config\.|settings?\.|self\.|this\.|secrets\.|vars?\.|local\.|module\.|request\.|req\.|import\.|Deno\.|Bun\.|std::|env::|getenv|params?\.|props\.|state\.|options?\.|args\.|user\.|ctx\.|event\.)/u;

const telling =
  /example|placeholder|change_?-?me|replace_?-?(?:me|with|this)|your[-_ ]|[-_]your|[-_ ]here\b|insert[-_ ]|dummy|redacted|x{5,}|\*{3,}|\.{3,}|-{5,}|_{5,}|#{4,}|…|\$\{|\{\{|<%|not[-_]?(?:a[-_]?)?(?:real|secret)|fake[-_]|[-_]fake|to[-_]?be[-_]?(?:set|replaced|filled)|fill[-_]?(?:me|in)/iu;

/** Whether the value says where the secret is kept, instead of being it. */
export function isReference(value: string): boolean {
  return references.test(value) || /^(?:null|none|nil|undefined|true|false|string|number|boolean)$/iu.test(value);
}

/** Whether the value names, refers to or stands in for a secret. */
export function isStandIn(value: string): boolean {
  if (references.test(value) || telling.test(value)) return true;
  return isMonotone(value) || isWordsOnly(value);
}

/** All the same character, or a run up or down: `00000000`, `12345678`, `abcdefgh`. */
function isMonotone(value: string): boolean {
  const distinct = new Set(value.toLowerCase());
  if (distinct.size <= 2 && value.length > 3) return true;
  let up = 0;
  let down = 0;
  for (let index = 1; index < value.length; index++) {
    const step = value.charCodeAt(index) - value.charCodeAt(index - 1);
    if (step === 1 || step === -9) up++;
    if (step === -1 || step === 9) down++;
  }
  return value.length > 4 && Math.max(up, down) >= value.length - 2;
}

function isWordsOnly(value: string): boolean {
  const words = value
    .replace(/([a-z])([A-Z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return false;
  const figures = value.replace(/[^0-9]/gu, '').length;
  return figures <= 1 && words.every((word) => standInWords.has(word));
}

/** A dotted path, a call, a comparison: a piece of program text that happens to follow a telling name. */
export function looksLikeCode(value: string): boolean {
  if (/===|!==|=>|&&|\bthis\.|^[?.,;:-]|[({]\s*[)}]?;?$|^[A-Za-z_$][\w$]*\$\d*$/u.test(value)) return true;
  if (/[0-9].*[0-9].*[0-9]/u.test(value) && value.length >= 16) return false;
  if (isGibberish(value) && !/[.[]/u.test(value)) return false;
  return (
    /^\$?[A-Za-z_][\w]*(?:(?:\.|->|::|\?\.)[A-Za-z_]\w*)+$/u.test(value) ||
    /^[A-Za-z_][\w.]*\[/u.test(value) ||
    /^[a-z]+(?:[A-Z][a-z]+)+\d?$/u.test(value) ||
    /^(?:[A-Z][a-z]+){2,}\d?$/u.test(value) ||
    /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/u.test(value)
  );
}
