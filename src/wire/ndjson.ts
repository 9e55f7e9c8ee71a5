// Newline-delimited JSON: one value a line.

import { spliceData, type Framing } from './framing.ts';

export function createNdjsonFraming(): Framing {
  let pieces: string[] = [];
  let waiting = 0;
  return {
    waiting() {
      return waiting;
    },
    push(text) {
      if (!text.includes('\n')) {
        if (text !== '') pieces.push(text);
        waiting += text.length;
        return [];
      }
      const buffer = pieces.length === 0 ? text : pieces.join('') + text;
      const frames: string[] = [];
      let start = 0;
      for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n', start)) {
        frames.push(buffer.slice(start, end + 1));
        start = end + 1;
      }
      pieces = start === buffer.length ? [] : [buffer.slice(start)];
      waiting = buffer.length - start;
      return frames;
    },
    end() {
      const rest = pieces.join('');
      pieces = [];
      waiting = 0;
      return rest;
    },
    data(frame) {
      // json-seq (RFC 7464) puts a record separator before each value.
      const at = frame.search(/[^\s\u001e]/);
      if (at < 0) return undefined;
      return { source: frame.slice(at).trimEnd(), at };
    },
    withData: spliceData,
    frame: (source) => `${source}\n`,
  };
}
