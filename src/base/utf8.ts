// UTF-8 bytes to text, chunk by chunk, strictly: valid input comes out byte for byte when it is encoded again.

export class Utf8Error extends Error {
  constructor() {
    super('The text is not valid UTF-8.');
    this.name = 'Utf8Error';
  }
}

export interface Utf8Decoder {
  /** The text of all complete characters so far; a sequence cut by the chunk's end waits. Throws `Utf8Error`. */
  push(bytes: Uint8Array): string;
  /** Throws `Utf8Error` when a character was left incomplete. */
  end(): void;
  /** The last text given is exactly the bytes of the last push. */
  aligned(): boolean;
}

/** A byte order mark is kept as U+FEFF, because what is not masked must pass unchanged. */
export function createUtf8Decoder(): Utf8Decoder {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const carry = createSequenceCarry();
  return {
    push(bytes) {
      // Not `stream: true`: one-shot decoding takes the vectorised path.
      try {
        return decoder.decode(carry.push(bytes));
      } catch {
        throw new Utf8Error();
      }
    },
    end() {
      if (carry.end().length > 0) throw new Utf8Error();
    },
    aligned() {
      return carry.aligned();
    },
  };
}

/** Keeps back the bytes of a character that the chunk's end cut. */
export interface SequenceCarry {
  push(bytes: Uint8Array): Uint8Array;
  end(): Uint8Array;
  /** The last push gave back just the bytes it took. */
  aligned(): boolean;
}

export function createSequenceCarry(): SequenceCarry {
  let carry = new Uint8Array(0);
  let aligned = true;
  return {
    push(bytes) {
      const input = carry.length === 0 ? bytes : joinBytes(carry, bytes);
      const complete = completeLength(input);
      aligned = carry.length === 0 && complete === input.length;
      carry = complete === input.length ? carry.subarray(0, 0) : input.slice(complete);
      return complete === input.length ? input : input.subarray(0, complete);
    },
    end: () => carry,
    aligned() {
      return aligned;
    },
  };
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** Length of the longest prefix that does not end inside a multi-byte sequence (RFC 3629 §3). */
function completeLength(bytes: Uint8Array): number {
  const end = bytes.length;
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? end - back : end;
    }
  }
  return end;
}
