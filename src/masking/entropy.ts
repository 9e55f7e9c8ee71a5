// How random a value looks.

/** Shannon entropy in bits per character. */
export function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / value.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

/** Which letters often follow which in English words: nine tenths of all pairs, a third of the table. */
const usualPairs: Readonly<Record<string, string>> = {
  a: 'bcdgilmnprstuvy',
  b: 'aeilorsu',
  c: 'acehiklortu',
  d: 'aeiosu',
  e: 'acdefglmnpqrstvx',
  f: 'aefioru',
  g: 'aehinr',
  h: 'aeio',
  i: 'abcdefglmnoprstvz',
  j: 'aou',
  k: 'eis',
  l: 'adeilostuy',
  m: 'aeiops',
  n: 'acdefgiostuv',
  o: 'abcdgklmnoprstuvw',
  p: 'aeiloprstu',
  q: 'u',
  r: 'acdeikmnorstuy',
  s: 'acehilopstuw',
  t: 'acehilorstuwy',
  u: 'abceilmnprst',
  v: 'aei',
  w: 'aeior',
  x: 'pt',
  y: 's',
  z: 'e',
};

/** Letters that no English-like word is made of: `vzihlaquknriqlht`. Needs a few letters to tell. */
export function isGibberish(value: string, usualShare = 0.56): boolean {
  const letters = value.toLowerCase().replace(/[^a-z]/gu, '');
  if (letters.length < 6) return false;
  let usual = 0;
  for (let index = 1; index < letters.length; index++) {
    if (usualPairs[letters[index - 1] as string]?.includes(letters[index] as string) === true) usual++;
  }
  return usual / (letters.length - 1) < usualShare;
}
