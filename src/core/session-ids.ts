// Groups exchanges into sessions: by the conversation id a client sends, else by client program and idleness.

import { headerValue, type RequestHead } from '../http/head.ts';

/** Headers in which clients name their run or conversation (seen in recorded requests). */
const conversationHeaders = [
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'x-client-session-id',
  'x-session-id',
  'x-interaction-id',
];
/** A client without an id begins a new session after this silence. */
const idleTime = 30 * 60 * 1000;
const maxSessions = 10_000;

export interface SessionIds {
  /** Session of a request that arrived at `now` (milliseconds). */
  of(head: RequestHead, now: number): string;
}

/** `fingerprint` hides what the client sent: ids of ours only look like it. */
export function createSessionIds(fingerprint: (value: string) => string): SessionIds {
  const idle = new Map<string, { id: string; lastAt: number }>();
  return {
    of({ headers }, now) {
      for (const name of conversationHeaders) {
        const value = headerValue(headers, name);
        if (value !== undefined && value !== '') return `s-${fingerprint(`${name}:${value}`).slice(0, 16)}`;
      }
      const key = headerValue(headers, 'user-agent') ?? '';
      const known = idle.get(key);
      idle.delete(key);
      const id = known !== undefined && now - known.lastAt < idleTime ? known.id : newId(key, now);
      idle.set(key, { id, lastAt: now });
      const oldest = idle.keys().next();
      if (idle.size > maxSessions && oldest.done !== true) idle.delete(oldest.value);
      return id;
    },
  };
  function newId(key: string, now: number): string {
    return `s-${fingerprint(`${key}:${now}`).slice(0, 16)}`;
  }
}
