// Is a value behind a telling name worth masking? One check per kind of place, from strict to trusting.
import { entropyOf } from './entropy.ts';
import type { CheckResult } from './rule.ts';
import { isStandIn, looksLikeCode } from './stand-ins.ts';

/** Behind a password-like name and in quotes: anything that is not a stand-in, a word of prose or program text. */
export function passwordValue(value: string): CheckResult {
  if (value.length < 4 || isStandIn(value) || looksLikeCode(value)) return 'no';
  return hasShape(value) || (value.length >= 6 && /^[a-z]+$/u.test(value) === false) ? 'yes' : 'no';
}

/** Behind a password-like name without quotes: could be an expression, so it must look chosen or random. */
export function barePasswordValue(value: string): CheckResult {
  return passwordValue(value) === 'yes' && hasShape(value) ? 'yes' : 'no';
}

/** Behind `token`, `key`, `secret` …: must look random. */
export function tokenValue(value: string): CheckResult {
  if (value.length < 8 || isStandIn(value) || looksLikeCode(value)) return 'no';
  return isRandomLooking(value) ? 'yes' : 'no';
}

/** Two kinds of characters at least: `hunter2`, `S3cret`, `pa$$`. */
function hasShape(value: string): boolean {
  const kinds = [/[a-z]/u, /[A-Z]/u, /[0-9]/u, /[^A-Za-z0-9]/u].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && !/^[A-Z]?[a-z]+$/u.test(value) && !/^[a-z]+(?:[-_ .][a-z]+)*$/iu.test(value);
}

function isRandomLooking(value: string): boolean {
  if (/^[A-Za-z]+(?:[-_./ ][A-Za-z]+)*$/u.test(value))
    return value.length >= 20 && entropyOf(value) >= 4 && !/[-_./ ]/u.test(value);
  return /[0-9]/u.test(value) && entropyOf(value) >= 2.5 ? true : entropyOf(value) >= 3.3 && hasShape(value);
}
