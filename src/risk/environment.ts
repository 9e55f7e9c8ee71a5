// Variables with secrets that are shown: by the shell's own commands, and by one-liners in other languages.

import { hasFlag } from './arguments.ts';
import { isSecretName, secretVariables } from './credentials.ts';
import type { Command } from './facts.ts';

/** A command that lists every variable with its value. */
function dumps({ name, args, wraps }: Command): boolean {
  switch (name) {
    case 'env':
      return !wraps && args.every((arg) => arg === '-0' || arg === '--null');
    case 'printenv':
      return args.every((arg) => arg.startsWith('-'));
    case 'set':
      return args.length === 0;
    case 'export':
      return args.every((arg) => arg === '-p');
    case 'declare':
    case 'typeset':
      return args.length > 0 && args.every((arg) => /^-[px]+$/.test(arg));
    case 'compgen':
      return hasFlag(args, 'v', 'e');
    case 'get-childitem':
    case 'gci':
    case 'dir':
    case 'ls':
      return args.some((arg) => /^env:\\?\*?$/i.test(arg));
    default:
      return false;
  }
}

const secret = /key|token|secret|pass|credential|_pw\b|\bpw\b|auth(?!or)|private/i;
const filters = /^(?:e?grep|rg|ag|ack|findstr|select-string|sls|awk|gawk|sed|jq|where-object|look)$/;
const encoders = /^(?:base64|base32|xxd|od|hexdump|gzip|openssl|gpg|rev|curl|nc)$/;

/** The variables that a command shows, as `$NAME` or in words. */
export function variablesShown(command: Command): string[] {
  const { name, args } = command;
  switch (name) {
    case 'echo':
    case 'printf':
    case 'write-output':
    case 'write-host':
      return args.flatMap(secretVariables).map((variable) => `$${variable}`);
    case 'printenv':
      return args.filter(isSecretName).map((variable) => `$${variable}`);
    case 'declare':
    case 'typeset':
      return hasFlag(args, 'p') ? args.filter(isSecretName).map((variable) => `$${variable}`) : [];
    case 'get-item':
    case 'get-content':
    case 'gci':
    case 'get-childitem':
      return args.flatMap((arg) => {
        const variable = /^env:\\?(\w+)$/i.exec(arg)?.[1];
        return variable !== undefined && isSecretName(variable) ? [`$${variable}`] : [];
      });
    case 'jq':
      return shownByJq(args);
    case 'awk':
    case 'gawk':
    case 'mawk':
      if (args.some((arg) => /\bin\s+ENVIRON\b/.test(arg))) return ['every variable'];
      for (const arg of args) {
        const variable = /ENVIRON\["(\w+)"\]/.exec(arg)?.[1];
        if (variable !== undefined && isSecretName(variable)) return [`$${variable}`];
      }
  }
  if (!command.feeders.some(dumps)) return [];
  if (filters.test(name) && args.some((arg) => secret.test(arg)) && !hasFlag(args, 'c', 'q', '--count', '--quiet'))
    return ['secrets of the environment'];
  return encoders.test(name) ? ['every variable'] : [];
}

function shownByJq(args: readonly string[]): string[] {
  for (const arg of args) {
    if (/^(?:env|\$ENV)\b(?!\.)/.test(arg)) return ['every variable'];
    const variable = /(?:^|[^\w.])(?:env|\$ENV)\.(\w+)/.exec(arg)?.[1];
    if (variable !== undefined && isSecretName(variable)) return [`$${variable}`];
  }
  return [];
}

const environment = String.raw`(?:process\.env|Deno\.env|Bun\.env|import\.meta\.env|os\.environb?|os\.getenv|os\.Getenv|os\.Environ|(?<![\w.$%])ENV|\$ENV|%ENV|\$_ENV|\$_SERVER|getenv|Sys\.getenv|System\.getenv|std::env|\$env|\$::env)`;
const shows = String.raw`(?:(?<![\w.-])(?:print(?:ln|f|_r)?|p?puts|pp?|echo|say)|console\.\w+|\bvar_dump|\bvar_export|\bfmt\.Print\w*|stdout\.write|\bdump|\bwrite|\bwriteln|\binspect|\bcat)\b`;
const showing = new RegExp(`${shows}[^;\n]{0,120}?${environment}([^;\n]{0,80})`);
const given = new RegExp(`${environment}([^;\n]{0,80})`);
const tested =
  /!!|\bbool\(|Boolean\(|\bin\s+(?:os\.environ|process\.env|ENV)|\blen\(|\.length|\?|\bif\b|\bkeys\b|Object\.keys|sorted\(|typeof|exists|defined|is not None|=== ?undefined|== ?null/;

const everyVariable =
  /\b(?:keys|each|values)\s+%ENV|%ENV\)|\bENV\.(?:each|map|sort|to_a|inspect)|\bfor\s+\w+(?:\s*,\s*\w+)?\s+in\s+os\.environ\.items|Object\.(?:entries|values)\(process\.env\)/;

/** Variables that a program in another language prints; `prints`: it prints its value by itself (`node -p`). */
export function variablesPrinted(code: string, prints: boolean): string | null {
  if (!/env/i.test(code)) return null;
  const rest = (prints ? given.exec(code) : showing.exec(code))?.[1];
  if (everyVariable.test(code)) return 'every variable';
  if (rest === undefined || tested.test(code)) return null;
  const variable = /^\s*(?:\.get\(|\.toObject|\.fetch\(|\(|\[|\{|\.|::var\()\s*["']?(\w+)/.exec(rest)?.[1];
  if (variable === undefined || /^(?:to_h|to_a|items|toObject|copy|inspect|map|each|vars|sort|values)$/.test(variable))
    return 'every variable';
  return isSecretName(variable) ? `$${variable}` : null;
}
