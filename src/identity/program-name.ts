// The name by which a person knows a program. `node`, `python3` or a version number is none, so interpreters are called by
// their script. SECURITY: arguments may hold secrets; one is used only where it is a file that exists or a module's name.

import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { cleanText } from './process-facts.ts';

interface Interpreter {
  readonly name: RegExp;
  /** Options with the program itself behind them: there is no script. */
  readonly inline: RegExp;
  /** Options whose value is the next argument. */
  readonly valued: RegExp;
  /** The argument behind it is the name of a module (Python). */
  readonly module?: RegExp;
  readonly subcommand?: RegExp;
}

const interpreters: readonly Interpreter[] = [
  {
    name: /^(node|nodejs|electron)(\.exe)?$/,
    inline: /^(-e|-p|-pe|--eval|--print)(=|$)/,
    valued: /^(-r|--require|--import|--loader|--experimental-loader|--env-file|-C|--conditions|--title)$/,
  },
  { name: /^(python|pypy)[\d.]*(\.exe)?$/, inline: /^-[A-Za-z]*c/, valued: /^-[WX]$/, module: /^-[A-Za-z]*m$/ },
  {
    name: /^(bun|deno)(\.exe)?$/,
    inline: /^(-e|--eval|eval)$/,
    valued: /^(-r|--preload|-c|--config)$/,
    subcommand: /^(run|x|test|serve)$/,
  },
  { name: /^(ba|da|z|k|fi)?sh$/, inline: /^-[A-Za-z]*c/, valued: /^([-+][oO]|--rcfile|--init-file)$/ },
  { name: /^(ruby|perl)[\d.]*$/, inline: /^-[A-Za-z]*[eE]/, valued: /^-[rI]$/ },
  { name: /^(php)[\d.]*$/, inline: /^-[rR]/, valued: /^-[dcz]$/ },
  { name: /^java(\.exe)?$/, inline: /^[^-]/, valued: /^(-cp|-classpath|--class-path|-p|--module-path)$/ },
];

/** Names of files and folders that say nothing. */
const generic = /^(index|main|cli|app|server|start|bin|run|__main__)(\.\w+)?$/;
const version = /^v?\d+(\.\d+)+([-+.]\w+)*$/;

/** @param argv as the process shows it; it is read here and kept nowhere. @param folder to find a relative script from. */
export async function programName(executable: string, argv: readonly string[], folder: string | null): Promise<string> {
  const own = basename(executable);
  const interpreter = interpreters.find(({ name }) => name.test(own));
  const script = interpreter && (await scriptName(interpreter, argv.slice(1), folder));
  if (script !== undefined) return cleanText(script);
  // A program may have given itself a title (Node: `process.title`), which replaces its arguments.
  const title = basename(/^[^\s:]*/.exec(argv[0] ?? '')?.[0] ?? '');
  const hasTitle = /^[\w@.+]/.test(title) && !version.test(title);
  if (interpreter && hasTitle && argv.length <= 1 && !interpreter.name.test(title)) return cleanText(title);
  if (version.test(own)) return cleanText(hasTitle ? title : nearestTellingFolder(executable));
  return cleanText(own.replace(/\.exe$/i, ''));
}

export function isInterpreter(executable: string): boolean {
  return interpreters.some(({ name }) => name.test(basename(executable)));
}

export function isShell(executable: string): boolean {
  return /^((ba|da|z|k|fi|mk|tc|c|a|x)?sh|nu|pwsh|busybox|elvish)$/.test(basename(executable));
}

async function scriptName(interpreter: Interpreter, args: readonly string[], folder: string | null) {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '-jar' || arg === '--') return nameOfFile(args[i + 1] ?? '', folder);
    if (interpreter.inline.test(arg)) return undefined;
    if (interpreter.module?.test(arg)) {
      const name = args[i + 1] ?? '';
      return /^[A-Za-z_]\w{0,63}(\.\w{1,64}){0,8}$/.test(name) ? name : undefined;
    }
    if (interpreter.valued.test(arg)) i++;
    else if (!arg.startsWith('-') && !interpreter.subcommand?.test(arg)) return nameOfFile(arg, folder);
  }
  return undefined;
}

async function nameOfFile(arg: string, folder: string | null): Promise<string | undefined> {
  if (arg === '' || arg.length > 4096 || (folder === null && !/^([\\/]|[A-Z]:)/i.test(arg))) return undefined;
  try {
    const path = await realpath(resolve(folder ?? '/', arg));
    if (!(await stat(path)).isFile()) return undefined;
    return nameOfScript(path);
  } catch {
    return undefined;
  }
}

/** By the package it lies in, where that can be seen from the path. */
export function nameOfScript(path: string): string {
  const parts = path.split(/[\\/]/);
  const modules = Math.max(
    ...['node_modules', 'site-packages', 'dist-packages'].map((name) => parts.lastIndexOf(name)),
  );
  const inPackage = modules === -1 ? [] : parts.slice(modules + 1, -1);
  if (inPackage[0]?.startsWith('@') && inPackage[1] !== undefined) return `${inPackage[0]}/${inPackage[1]}`;
  if (inPackage[0] !== undefined && inPackage[0] !== '.bin') return inPackage[0];
  const [file = '', parent = ''] = parts.slice(-2).reverse();
  return generic.test(file) && parent !== '' ? `${parent}/${file}` : file;
}

function nearestTellingFolder(executable: string): string {
  const own = basename(executable);
  for (let path = dirname(executable); path !== dirname(path); path = dirname(path)) {
    const name = basename(path);
    if (!version.test(name) && !generic.test(name) && name !== 'versions') return name;
  }
  return own;
}
