// Speed of the masking engine as ratios in one run, so that the machine cancels out: `npm run bench:masking`.
import { createMasking, type Masking } from '../../src/masking/masking.ts';

const options = {
  placeholder: 'word',
  packs: ['secrets'],
  keys: [],
  env: [],
  rules: [],
  allow: [],
  knownValues: [],
  fingerprint: (): string => '0123456789abcdef',
};
// First of all, before anything is warm: compile the rules and mask a first answer.
const coldStart = cpuMilliseconds();
const engine = createMasking(options);
const compiled = cpuMilliseconds();
engine.edits('The build fails because the token in `.env` has expired. '.repeat(140));
const coldEnd = cpuMilliseconds();

const { ordinaryText } = await import('./masking-corpus.ts');
const { catalogue } = await import('../../src/masking/rules/catalogue.ts');
const { ripgrepSeconds } = await import('./masking-ripgrep.ts');

function cpuMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The best of several runs, in CPU time of this thread. */
function best(runs: number, work: () => void): number {
  let least = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = cpuMilliseconds();
    work();
    least = Math.min(least, cpuMilliseconds() - start);
  }
  return least;
}

let sink = 0;

function readAll(text: string): void {
  for (let at = 0; at < text.length; at++) sink = (sink + text.charCodeAt(at)) | 0;
}

function oneShot(each: Masking, text: string): void {
  const masker = each.stream();
  for (let at = 0; at < text.length; at += 262_144) {
    masker.push(text, at, Math.min(text.length, at + 262_144));
    sink += masker.takeEdits().length;
  }
  masker.end();
  sink += masker.takeEdits().length;
}

function pushes(each: Masking, deltas: readonly string[]): void {
  const masker = each.stream();
  for (const delta of deltas) {
    masker.push(delta);
    sink += masker.takeEdits().length;
  }
  masker.end();
}

function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

const text = flat(ordinaryText(8_000_000));
const deltas = Array.from({ length: 250_000 }, (_, index) => text.slice(index * 8, index * 8 + 8));
const megabytesPerSecond = (milliseconds: number, length = text.length): string =>
  (length / 1000 / milliseconds).toFixed(0);

console.log(`rules: ${catalogue.filter((rule) => rule.pack === 'secrets').length} (secrets pack)`);
console.log(
  `cold start: rules compiled in ${(compiled - coldStart).toFixed(1)} ms CPU, first 8 KB in ${(coldEnd - compiled).toFixed(1)} ms`,
);
const loop = best(5, () => readAll(text));
const whole = best(6, () => oneShot(engine, text));
console.log(`charCodeAt loop: ${megabytesPerSecond(loop)} MB/s`);
console.log(`one shot: ${megabytesPerSecond(whole)} MB/s = ${(loop / whole).toFixed(2)} of the loop`);
const pushing = best(6, () => pushes(engine, deltas));
console.log(`8-character push: ${((pushing * 1e6) / deltas.length).toFixed(0)} ns`);

// The same rules as one regular expression of V8. It keeps no state between pushes, so only the one-shot pass compares.
const union = new RegExp(
  catalogue
    .filter((rule) => rule.pack === 'secrets')
    .map((rule) => rule.pattern.replace(/\(\?<commit>/gu, '(?:'))
    .join('|'),
  'g',
);
const part = text.slice(0, 400_000);
const expression = best(2, () => {
  for (const match of part.matchAll(union)) sink += match.index;
});
const ratio = expression / part.length / (whole / text.length);
console.log(
  `V8 union RegExp: ${megabytesPerSecond(expression, part.length)} MB/s; the engine is ${ratio.toFixed(1)} times as fast`,
);

const grep = ripgrepSeconds(
  catalogue.filter((rule) => rule.pack === 'secrets'),
  text,
);
if (typeof grep === 'string') console.log(`ripgrep: skipped, ${grep}`);
else
  console.log(
    `ripgrep: ${megabytesPerSecond(grep * 1000)} MB/s; the engine is ${((grep * 1000) / whole).toFixed(1)} times as fast`,
  );

// Hold-back on clean text.
for (const packs of [['secrets'], ['secrets', 'pii']]) {
  const masker = createMasking({ ...options, packs }).stream();
  const held: number[] = [];
  for (const delta of deltas.slice(0, 100_000)) {
    masker.push(delta);
    masker.takeEdits();
    held.push(masker.taken - masker.settled);
  }
  held.sort((a, b) => a - b);
  const mean = held.reduce((sum, each) => sum + each, 0) / held.length;
  console.log(
    `hold-back, ${packs.join(' + ')}: mean ${mean.toFixed(4)} characters, p99 ${held[Math.floor(held.length * 0.99)] ?? 0}, most ${held.at(-1) ?? 0}`,
  );
}

// Inputs that hurt matchers. Time per character must not grow with the length.
const hostile: Record<string, string> = {
  'one letter': 'a',
  'open quote after a name': 'password: "a',
  'telling names in a row': 'token=secret=password=',
  'prefixes in a row': 'ghp_sk-xoxb-AKIA',
  'half a JWT': 'eyJhbGciOi',
  'dots and dashes': 'a.b-c_d.',
  'unterminated private key': '-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefghijklmnop\n',
  'scheme and colons': 'http://a:b:c://d:',
  digits: '4111 1111 1111 1111 ',
  'at signs': 'a@b.c@d.e@',
  backslashes: '\\\\n\\u0041%41',
  quotes: '"\'`"\'`',
  'capitals and underscores': 'A_B_PASSWORD_C_',
};
console.log('hostile inputs: ns per character at 0.25 MB and 1 MB, worst single push of 8 characters');
for (const [name, piece] of Object.entries(hostile)) {
  const all = createMasking({ ...options, packs: ['secrets', 'pii'] });
  const long = flat(piece.repeat(Math.ceil(1_000_000 / piece.length)).slice(0, 1_000_000));
  oneShot(all, long.slice(0, 100_000));
  const short = best(2, () => oneShot(all, long.slice(0, 250_000)));
  const full = best(2, () => oneShot(all, long));
  const masker = all.stream();
  let worst = 0;
  for (let at = 0; at < 200_000; at += 8) {
    const start = performance.now();
    masker.push(long, at, at + 8);
    worst = Math.max(worst, performance.now() - start);
    masker.takeEdits();
  }
  console.log(
    `  ${name}: ${((short * 1e6) / 250_000).toFixed(1)}, ${((full * 1e6) / 1_000_000).toFixed(1)}; worst push ${worst.toFixed(2)} ms`,
  );
}
if (sink === Number.MIN_SAFE_INTEGER) console.log(sink);
