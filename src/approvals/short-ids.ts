// Ids that a person reads on one screen and types on another.

import { randomInt } from 'node:crypto';

/** No vowels, so no words; nothing that looks like another: 0 and o, 1 and l and i, u and v, m and n. */
const letters = '23456789bcdfghjkmpqrstvwxz';

/** `q-7kx2pd`: one of 300 million. `isTaken` tells the others apart. */
export function newShortId(prefix: 'q' | 'g', isTaken: (id: string) => boolean): string {
  for (;;) {
    const id = `${prefix}-${Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')}`;
    if (!isTaken(id)) return id;
  }
}
