// A JSON array that streams: each element is a frame; brackets, commas and space go with the element that follows.

import { spliceData, type Framing } from './framing.ts';

export function createJsonArrayFraming(): Framing {
  let pieces: string[] = [];
  let waiting = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;

  return {
    waiting() {
      return waiting;
    },
    push(text) {
      const frames: string[] = [];
      let start = 0;
      for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (inString) {
          if (escaped) escaped = false;
          else if (code === 0x5c) escaped = true;
          else if (code === 0x22) inString = false;
          continue;
        }
        if (code === 0x22) inString = true;
        else if (code === 0x7b || code === 0x5b) depth++;
        else if (code === 0x7d || code === 0x5d) {
          depth--;
          // Depth 1 is inside the outer array: its element is complete.
          if (depth !== 1) continue;
          frames.push(pieces.join('') + text.slice(start, i + 1));
          pieces = [];
          waiting = 0;
          start = i + 1;
        }
      }
      if (start < text.length) {
        pieces.push(start === 0 ? text : text.slice(start));
        waiting += text.length - start;
      }
      return frames;
    },
    end() {
      const rest = pieces.join('');
      pieces = [];
      waiting = 0;
      return rest;
    },
    data(frame) {
      // The first element carries the outer bracket in front of it.
      const at = frame.search(frame.startsWith('[') || /^\s*\[/.test(frame) ? /(?<=^\s*\[\s*)[^\s]/ : /[^\s,]/);
      if (at < 0 || frame[at] === ']') return undefined;
      return { source: frame.slice(at), at };
    },
    withData: spliceData,
    // Its dialect never puts several events in the place of one.
    frame: (source) => `,${source}`,
  };
}
