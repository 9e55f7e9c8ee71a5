// Is a value behind a telling name worth masking? One check per kind of place, from trusting to strict.
import { entropyOf, isGibberish } from './entropy.ts';
import type { CheckResult } from './rule.ts';
import { isStandIn, looksLikeCode } from './stand-ins.ts';

/** Behind a password-like name and in quotes: anything that is no stand-in, word of prose or program text. */
export function passwordValue(value: string): CheckResult {
  if (value.length < 4 || isStandIn(value) || looksLikeCode(value)) return 'no';
  return hasShape(value) || isGibberish(value, 0.67) ? 'yes' : 'no';
}

/** Behind a password-like name without quotes: could be an expression, so it must look chosen or random. */
export function barePasswordValue(value: string): CheckResult {
  if (passwordValue(value) === 'no' || /^0[xX][0-9a-fA-F]+$|^(?:[A-Z][a-z]+)+(?:8|16|32|64)[A-Z][a-z]+$/u.test(value))
    return 'no';
  const figures = value.replace(/[^0-9]/gu, '').length;
  return figures > 0 || isGibberish(value) || /[!@#$%^*?~]/u.test(value) ? 'yes' : 'no';
}

/** `DB_PASSWORD=value` in an environment file: even a word is a password there. */
export function environmentPassword(value: string): CheckResult {
  return value.length < 4 || isStandIn(value) || looksLikeCode(value) ? 'no' : 'yes';
}

/** Behind `token`, `key`, `secret` …: must look random. */
export function tokenValue(value: string): CheckResult {
  if (value.length < 8 || isStandIn(value) || looksLikeCode(value) || isLocation(value)) return 'no';
  if (/^[a-z]*(?:[A-Z][a-z]+)+[0-9]?$/u.test(value) && value.length < 24) return 'no';
  return isRandomLooking(value) ? 'yes' : 'no';
}

/** Behind a vendor's name only: must look like a key and nothing else. */
export function vendorValue(value: string): CheckResult {
  if (value.length < 14 || tokenValue(value) === 'no' || /^(?:[0-9]+|[0-9a-f]{40}|[0-9a-f]{64})$/u.test(value))
    return 'no';
  const figures = value.replace(/[^0-9]/gu, '').length;
  return figures >= 2 &&
    /[A-Za-z]/u.test(value) &&
    entropyOf(value) >= 3 &&
    !/^v?\d+(?:[.-]\w+)+$|^[A-Za-z]+[-_.:]\d+$/u.test(value)
    ? 'yes'
    : 'no';
}

/** Behind a short vendor prefix: a token without a single figure is a word, if it reads like one. */
export function hasFigure(value: string): CheckResult {
  return /[0-9]/u.test(value) || isGibberish(value) ? 'yes' : 'no';
}

/** Behind a prefix that nothing else has in that length: also letters alone, unless they stand in for a key. */
export function isNoStandIn(value: string): CheckResult {
  return /[0-9]/u.test(value) || !isStandIn(value) ? 'yes' : 'no';
}

/** Behind a prefix that base64 text holds as well. */
export function highEntropy(value: string): CheckResult {
  return entropyOf(value) >= Math.min(4.2, 0.8 * Math.log2(value.length)) ? 'yes' : 'no';
}

/** Two kinds of characters at least: `hunter2`, `S3cret`, `pa$$`. Words joined by `-`, `_`, `/` or `.` are prose. */
function hasShape(value: string): boolean {
  const kinds = [/[a-z]/u, /[A-Z]/u, /[0-9]/u, /[^A-Za-z0-9]/u].filter((kind) => kind.test(value)).length;
  if (kinds < 2) return /^[0-9]{6,}$/u.test(value);
  return !/^[A-Z]?[a-z]+$/u.test(value) && !/^[A-Za-z]+(?:[-_ ./:#,]+[A-Za-z]+)*[-_ .:,?!]*$/u.test(value);
}

function isLocation(value: string): boolean {
  return (
    /^(?:[a-z][a-z0-9+.-]*:\/\/|www\.|urn:|rfc\d|\/|\.\/|[A-Za-z]:\\)/u.test(value) ||
    /\.(?:com|net|org|io|json|ya?ml|txt|pem|key|crt|env|js|ts|py|go|rb|php|java|html?|xml|md|sh|sql)$/iu.test(value)
  );
}

function isRandomLooking(value: string): boolean {
  if (/^[A-Za-z]+$/u.test(value))
    return (isGibberish(value) || changesCase(value)) && (value.length >= 12 || entropyOf(value) >= 2.8);
  if (/^[A-Za-z]+(?:[-_./: ]+[A-Za-z]+)*$/u.test(value)) return value.length >= 20 && isGibberish(value);
  if (/^v?[0-9]+(?:[.:/-][0-9]+)*$/u.test(value)) return /^[0-9]{12,}$/u.test(value) && entropyOf(value) >= 2.5;
  if (/[0-9]/u.test(value)) return entropyOf(value) >= 2.5 && !isNumberedWords(value);
  return isGibberish(value) || (/[!@#$%^*?~+].*[!@#$%^*?~+]/u.test(value) && entropyOf(value) >= 3);
}

/** Capitals come and go more often than words begin. */
function changesCase(value: string): boolean {
  return (value.match(/[a-z][A-Z]|[A-Z][a-z]/gu) ?? []).length / value.length > 0.36;
}

/** `some-service-v2`, `cache_key_1`: words with a number at the end. */
function isNumberedWords(value: string): boolean {
  return /^[A-Za-z]+(?:[-_./: ]+[A-Za-z]+)*[-_./: ]*v?[0-9]{1,2}$/u.test(value) && !isGibberish(value);
}
