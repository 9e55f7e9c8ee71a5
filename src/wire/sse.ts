// Server-sent events (WHATWG HTML §9.2): an event ends with a blank line; lines end with LF, CRLF or CR.

import { spliceData, type FrameData, type Framing } from './framing.ts';

export function createSseFraming(): Framing {
  /** Pieces of the event that is not complete yet, joined only when its end has come: no quadratic copying. */
  let pieces: string[] = [];
  let waiting = 0;
  /** Last characters taken, since a blank line may be cut anywhere. */
  let tail = '';

  return {
    waiting() {
      return waiting;
    },
    push(text) {
      if (text === '') return [];
      const probe = tail + text;
      if (!/\n\n|\r/.test(probe)) {
        pieces.push(text);
        waiting += text.length;
        tail = probe.slice(-3);
        return [];
      }
      const buffer = pieces.length === 0 ? text : pieces.join('') + text;
      const frames: string[] = [];
      let start = 0;
      for (;;) {
        const end = eventEnd(buffer, start);
        if (end < 0) break;
        frames.push(buffer.slice(start, end));
        start = end;
      }
      const rest = start === 0 ? buffer : buffer.slice(start);
      pieces = rest === '' ? [] : [rest];
      waiting = rest.length;
      tail = rest.slice(-3);
      return frames;
    },
    end() {
      const rest = pieces.join('');
      pieces = [];
      waiting = 0;
      tail = '';
      return rest;
    },
    data: sseData,
    withData(frame, data, source) {
      if (data.at >= 0) return spliceData(frame, data, source);
      const lines = source.split('\n').map((line) => `data: ${line}`);
      const others = frame
        .replace(/^\ufeff/, '')
        .split(/\r\n|\r|\n/)
        // A byte order mark in the middle begins an unknown field; at the beginning of a frame it would pass for the stream's own.
        .filter((line) => line !== '' && !isDataLine(line) && !line.startsWith('\ufeff'));
      return [...others, ...lines, '', ''].join('\n');
    },
    frame(source, type, like) {
      const end = like.includes('\r\n') ? '\r\n' : '\n';
      // Clients go by the name or by the type in the data, so both say the same.
      const named = type !== undefined && /^event:/m.test(like) ? `event: ${type}${end}` : '';
      return `${named}data: ${source}${end}${end}`;
    },
  };
}

/** Index just after the blank line that ends the event starting at `start`, or -1. */
function eventEnd(buffer: string, start: number): number {
  // The usual stream has no CR at all.
  const end = buffer.indexOf('\n\n', start);
  const cr = buffer.indexOf('\r', start);
  if (cr < 0 || (end >= 0 && end < cr)) return end < 0 ? -1 : end + 2;
  let lineStart = start;
  for (let i = start; i < buffer.length; i++) {
    const code = buffer.charCodeAt(i);
    if (code !== 10 && code !== 13) continue;
    // A CR at the very end may be the first half of CRLF.
    if (code === 13 && i + 1 === buffer.length) return -1;
    const next = code === 13 && buffer.charCodeAt(i + 1) === 10 ? i + 2 : i + 1;
    if (i === lineStart) return next;
    lineStart = next;
    i = next - 1;
  }
  return -1;
}

function isDataLine(line: string): boolean {
  return line.startsWith('data:') || line === 'data';
}

function sseData(frame: string): FrameData | undefined {
  let found: FrameData | undefined;
  let joined: string[] | undefined;
  // A byte order mark at the beginning of a stream is not part of its first line.
  let start = frame.startsWith('\ufeff') ? 1 : 0;
  while (start < frame.length) {
    let end = start;
    for (; end < frame.length; end++) {
      const code = frame.charCodeAt(end);
      if (code === 10 || code === 13) break;
    }
    if (frame.startsWith('data:', start)) {
      // One space after the colon belongs to the field, not to its value.
      const at = frame.charCodeAt(start + 5) === 32 && start + 5 < end ? start + 6 : start + 5;
      const source = frame.slice(at, end);
      if (found === undefined) found = { source, at };
      else (joined ??= [found.source]).push(source);
    }
    start = frame.charCodeAt(end) === 13 && frame.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
  }
  return joined === undefined ? found : { source: joined.join('\n'), at: -1 };
}
