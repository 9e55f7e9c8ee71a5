// Brings what an exchange asks before the people who may answer: who asks, how long it can wait, and on which channels.

import { openApprovals, type Approvals } from '../approvals/approvals.ts';
import { longestWait } from '../approvals/client-limits.ts';
import { dispatch, type Route } from '../approvals/dispatch.ts';
import type { TimedClock } from '../base/clock.ts';
import type { MaskedText } from '../base/text.ts';
import type { CoreEvent } from '../contract/core-events.ts';
import type { Answer, Question } from '../contract/questions.ts';
import type { Asked } from '../exchange/run.ts';
import type { ApprovalPolicy } from '../policy/policy.ts';

/** The client that waits, and what it waits under. */
export interface Asker {
  readonly exchange: string;
  readonly session: string;
  readonly program: MaskedText;
  readonly folder: MaskedText | null;
  readonly host: MaskedText;
  readonly model: MaskedText | null;
  /** What the client calls itself. */
  readonly agent: string;
  /** Of the gateway's path; undefined: it came through the proxy. */
  readonly provider: string | undefined;
  readonly approval: ApprovalPolicy;
}

export interface ApprovalDesk {
  readonly approvals: Approvals;
  /** `id`: of the question. */
  ask(asked: Asked, asker: Asker, answered: (answer: Answer) => void): { readonly id: string; withdraw(): void };
  /** The policy under which a question was asked. */
  policyOf(question: Question): ApprovalPolicy | undefined;
  close(): Promise<void>;
}

export interface ApprovalDeskOptions {
  readonly folder: string;
  readonly clock: TimedClock;
  readonly maskNote: (text: string) => MaskedText;
  /** Keyed hash, hex. */
  readonly hash: (text: string) => string;
  readonly emit: (event: CoreEvent) => void;
  /** Made once the desk stands, since a channel may ask it for the policy. */
  readonly routes: (desk: Pick<ApprovalDesk, 'policyOf'>) => readonly Route[];
}

/** @throws ApprovalsError where the store cannot be opened */
export function openApprovalDesk({ folder, clock, maskNote, hash, emit, routes }: ApprovalDeskOptions): ApprovalDesk {
  const approvals = openApprovals({
    folder,
    clock,
    maskNote,
    onFailure: ({ message }) => emit({ event: 'failure', code: 'approvals', message }),
  });
  /** By exchange: an exchange has one open question at most. */
  const policies = new Map<string, ApprovalPolicy>();
  const policyOf = ({ exchange }: Question): ApprovalPolicy | undefined => policies.get(exchange);
  const channels = dispatch(approvals, routes({ policyOf }));
  approvals.listen({
    asked({ id, exchange, session, deadline, kind, tool, action, program, folder: where, reasons }) {
      const why = reasons.map((reason) => ({ ...reason }));
      emit({
        event: 'question',
        id,
        exchange,
        session,
        deadline,
        kind,
        tool,
        action,
        program,
        folder: where,
        reasons: why,
      });
    },
    answered({ id, exchange }, { verdict, by, note }) {
      policies.delete(exchange);
      emit({ event: 'answered', id, exchange, verdict, by, note });
    },
  });

  return {
    approvals,
    policyOf,
    ask({ held, canonical, requestKey }, asker, answered) {
      const { exchange, session, program, folder: where, host, model, agent, approval } = asker;
      policies.set(exchange, approval);
      const { id, withdraw } = approvals.ask(
        {
          held,
          exchange,
          session,
          program,
          folder: where,
          host,
          model,
          actionKey: hash(JSON.stringify([canonical, where, program])),
          requestKey,
          timeout: Math.min(approval.timeout, patienceOf(agent, approval)),
          onTimeout: approval.onTimeout,
        },
        (answer) => {
          policies.delete(exchange);
          answered(answer);
        },
      );
      return {
        id,
        withdraw() {
          withdraw();
          // A question that others wait for too stays open, under the policy of whoever asked it first.
          if (approvals.open().every((open) => open.id !== id || open.exchange !== exchange)) policies.delete(exchange);
        },
      };
    },
    async close() {
      channels[Symbol.dispose]();
      await approvals.close();
    },
  };
}

/** Milliseconds that the client waits: the head is out, and a sign of life comes with each keep-alive. */
function patienceOf(agent: string, { keepAlive }: ApprovalPolicy): number {
  const silent = longestWait(agent, false) ?? Infinity;
  return keepAlive < silent ? (longestWait(agent, true) ?? Infinity) : silent;
}
