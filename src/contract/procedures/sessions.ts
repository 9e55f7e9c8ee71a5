// The log as the window asks for it: lists, search, conversations, replay, what-if, export, verification.

import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import type {
  CutText,
  ExportFormat,
  ExportPiece,
  FoundPage,
  ReplaySteps,
  SearchWords,
  SessionDays,
  SessionRow,
  ShownSession,
  VerifyStep,
  WhatIfStep,
} from '../sessions.ts';
import { changes, shows } from './procedure.ts';

const id = z.string().regex(/^[\w.:-]{1,200}$/, 'Name a session or an exchange by its id.');
const formats = ['jsonl', 'csv', 'har', 'ocsf', 'cef', 'md', 'html', 'pdf'] as const satisfies readonly ExportFormat[];

const purged = z
  .strictObject({
    session: id.optional(),
    /** Begun before. */
    before: z.number().min(0).optional(),
  })
  .refine(({ session, before }) => session !== undefined || before !== undefined, 'Say what is to be deleted.');

export const sessionsContract = {
  days: shows.output(type<SessionDays>()),
  /** Sessions of a day, newest first, those before `offset` left out. */
  list: shows
    .input(
      z.strictObject({
        day: z.number(),
        until: z.number(),
        offset: z.number().int().min(0),
        limit: z.number().int().min(1).max(200),
      }),
    )
    .output(type<readonly SessionRow[]>()),
  /** Something was recorded; several at once come as one. */
  watch: shows.output(eventIterator(type<{ readonly session: string }>())),
  search: shows
    .input(
      z.strictObject({
        query: z.string().max(2_001),
        cursor: z.string().max(20).optional(),
        limit: z.number().int().min(1).max(100),
      }),
    )
    .output(type<FoundPage>()),
  /** How many are found, counted to 10,000 and for a second at most; then `isMore`. None for a query that is none. */
  count: shows
    .input(z.strictObject({ query: z.string().max(2_001) }))
    .output(type<{ readonly hits: number; readonly isMore: boolean }>()),
  words: shows.output(type<SearchWords>()),
  /** A part of a session, from place `from` or with an exchange in it; null: there is no such session. */
  show: shows
    .input(
      z.strictObject({
        session: id,
        from: z.number().int().min(0).optional(),
        with: id.optional(),
        limit: z.number().int().min(1).max(25),
      }),
    )
    .output(type<ShownSession | null>()),
  /** The session of an exchange. */
  sessionOf: shows.input(z.strictObject({ exchange: id })).output(type<{ readonly session: string | null }>()),
  /** The whole of a text, to two million characters. `ref`: of a block; `request`: the masked body as it was sent. */
  text: shows
    .input(z.strictObject({ exchange: id, ref: z.string().regex(/^(request|(turn|channel|action)[\d.]{1,20})$/) }))
    .output(type<CutText>()),
  /** Of an exchange, or of the newest 500 exchanges of a session; eight million characters at most. */
  replay: shows.input(z.strictObject({ of: id })).output(eventIterator(type<ReplaySteps>())),
  /** Of an exchange, or of the newest 500 exchanges of a session, for half a minute at most. Nothing is changed by it. */
  whatIf: shows
    .input(z.strictObject({ of: id, policy: z.string().max(200_000) }))
    .output(eventIterator(type<WhatIfStep>())),
  /** The file, piece by piece. It holds what the log holds, which is masked: hence it shows and does not change. */
  export: shows
    .input(
      z
        .strictObject({
          format: z.enum(formats),
          session: id.optional(),
          since: z.number().min(0).optional(),
          until: z.number().min(0).optional(),
        })
        .refine(
          ({ since, until }) => since === undefined || until === undefined || since < until,
          'Choose a beginning before the end.',
        ),
    )
    .output(eventIterator(type<ExportPiece>())),
  verify: shows.output(eventIterator(type<VerifyStep>())),
  /** How many exchanges `purge` would delete. */
  countPurge: shows.input(purged).output(type<{ readonly exchanges: number }>()),
  purge: changes.input(purged).output(type<{ readonly exchanges: number }>()),
};
