// What stands before a possible match. A left boundary such as "no letter before" is a question about one character,
// except after an escape: in `\nsk-…`, `\u003dsk-…` and `%20sk-…` the `n`, `d` and `0` belong to the escape, not to a word.
// And no match begins inside a placeholder, though `MASKED_PASSWORD_0123abcd` holds a telling name.
import { setHas, type CharacterSet } from './character-set.ts';
import type { Neighbour } from './pattern-conditions.ts';

const backslash: CharacterSet = [92, 92];
const letterEscapes: CharacterSet = [98, 98, 102, 102, 110, 110, 114, 114, 116, 116, 118, 118];
const letterU: CharacterSet = [117, 117];
const letterX: CharacterSet = [120, 120];
const percent: CharacterSet = [37, 37];
const hexDigits: CharacterSet = [48, 57, 65, 70, 97, 102];

const placeholderWord = 'MASKED_';
/** What a placeholder goes on with: its kind in capitals and its hash. */
const placeholderRest: CharacterSet = [48, 57, 65, 90, 95, 95, 97, 102];

/** Sets that the character classes must keep apart for the escapes and placeholders to be seen. */
export const escapeSets: readonly CharacterSet[] = [
  ...[backslash, letterEscapes, letterU, letterX, percent, hexDigits, placeholderRest],
  ...Array.from(placeholderWord).map((letter) => [letter.charCodeAt(0), letter.charCodeAt(0)]),
];

type Progress = number | 'none' | 'backslash' | 'u1' | 'u2' | 'u3' | 'u4' | 'x1' | 'x2' | 'percent1' | 'percent2';

const afterHex: Readonly<Partial<Record<string, Progress | 'done'>>> = {
  u1: 'u2',
  u2: 'u3',
  u3: 'u4',
  u4: 'done',
  x1: 'x2',
  x2: 'done',
  percent1: 'percent2',
  percent2: 'done',
};

interface Context {
  readonly mask: number;
  readonly progress: Progress;
  readonly next: Int16Array;
}

/** The contexts a position can stand in, numbered, with their moves cached per character class. */
export class NeighbourContexts {
  /** The context at the start of a text. */
  readonly initial: number;
  readonly #samples: readonly number[];
  readonly #masks: number[];
  readonly #newline: number;
  readonly #space: number;
  readonly #contexts: Context[] = [];
  readonly #ids = new Map<string, number>();

  constructor(behinds: readonly Neighbour[], samples: readonly number[]) {
    this.#samples = samples;
    const maskOf = (unit: number): number =>
      behinds.reduce((mask, behind, bit) => (setHas(behind.set, unit) ? mask | (1 << bit) : mask), 0);
    this.#masks = samples.map(maskOf);
    this.#newline = maskOf(10);
    this.#space = maskOf(32);
    this.initial = this.#idOf(
      behinds.reduce((mask, behind, bit) => (behind.edge ? mask | (1 << bit) : mask), 0),
      'none',
    );
  }

  /** Whether a match may not begin with this class here: it goes on with a placeholder. */
  blocks(context: number, characterClass: number): boolean {
    if ((this.#contexts[context] as Context).progress !== placeholderWord.length) return false;
    return setHas(placeholderRest, this.#samples[characterClass] as number);
  }

  /** Bit mask of the left boundaries that hold in a context. */
  maskOf(context: number): number {
    return (this.#contexts[context] as Context).mask;
  }

  next(context: number, characterClass: number): number {
    const { next } = this.#contexts[context] as Context;
    const known = next[characterClass] as number;
    if (known !== -1) return known;
    const computed = this.#compute(context, characterClass);
    next[characterClass] = computed;
    return computed;
  }

  #compute(context: number, characterClass: number): number {
    const unit = this.#samples[characterClass] as number;
    const { progress } = this.#contexts[context] as Context;
    const own = this.#masks[characterClass] as number;
    if (progress === placeholderWord.length && setHas(placeholderRest, unit)) return this.#idOf(own, progress);
    const letters = typeof progress === 'number' ? progress : 0;
    const letter = String.fromCharCode(unit);
    if (letter === placeholderWord[letters]) return this.#idOf(own, letters + 1);
    if (progress === 'backslash') {
      if (setHas(letterEscapes, unit)) return this.#idOf(own | this.#newline, 'none');
      if (setHas(letterU, unit)) return this.#idOf(own, 'u1');
      if (setHas(letterX, unit)) return this.#idOf(own, 'x1');
    }
    const advanced = typeof progress === 'number' ? undefined : afterHex[progress];
    if (advanced !== undefined && setHas(hexDigits, unit)) {
      return advanced === 'done' ? this.#idOf(own | this.#space, 'none') : this.#idOf(own, advanced);
    }
    if (setHas(backslash, unit)) return this.#idOf(own, 'backslash');
    if (letter === placeholderWord[0]) return this.#idOf(own, 1);
    return this.#idOf(own, setHas(percent, unit) ? 'percent1' : 'none');
  }

  #idOf(mask: number, progress: Progress): number {
    const key = `${mask}${progress}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#contexts.push({ mask, progress, next: new Int16Array(this.#samples.length).fill(-1) }) - 1;
    this.#ids.set(key, id);
    return id;
  }
}
