// Judges the blocks of one response, one by one and in order: allowed, refused, or asked about.

import type { Answer, HeldAction, RiskReason } from '../contract/questions.ts';
import type { RecordedVerdict } from '../contract/records.ts';
import type { Assessment, Proposal } from '../risk/risk.ts';
import type { Block } from './block.ts';
import { describeBlock } from './describe-block.ts';
import type { Command } from './events.ts';
import { refusalText, type RefusedBy } from './refusal-text.ts';
import type { MaskingInForce } from './rewriter.ts';

/** What the policy in force says about a block. `secrets`: the masking rules that found something in it. */
export type RiskInForce = (proposal: Proposal, secrets: readonly string[]) => Assessment;

export interface Judge {
  /** What comes next happens then: milliseconds since the exchange began. */
  at(time: number): void;
  /** Takes the next complete block. */
  add(block: Block): void;
  /** True when the answer was waited for. */
  answered(question: number, answer: Answer): boolean;
  /** The exchange is over: nobody is asked any more. */
  lose(): void;
  asks(): boolean;
  anyRefused(): boolean;
  /** What the driver must do since the last call. */
  take(): readonly Command[];
  /** Without keeping anything: would the block be allowed at once? */
  isHarmless(proposal: Proposal): boolean;
}

export interface JudgeOptions {
  readonly risk: () => RiskInForce;
  readonly masking: MaskingInForce;
  /** Everything passes; what would have been asked is recorded. */
  readonly observe: boolean;
  /** Keyed hash of the request's conversation; null where it is not known. */
  readonly requestKey: () => string | null;
}

interface Asked {
  readonly question: number;
  readonly block: Block;
  readonly held: HeldAction;
  readonly askedAt: number;
}

/** Not a rule of its own: the review that the policy's `looks-like-secret` pack asks for (G4). */
const suspicion: RiskReason = {
  rule: 'looks-like-secret',
  severity: 'medium',
  reason: 'It holds text that looks like a credential and that no rule knows.',
};

const unjudged: RiskReason = {
  rule: 'unreadable',
  severity: 'high',
  reason: 'Scrim could not find out what it would do.',
};
const noEffects: Assessment['effects'] = { runs: [], writes: [], hosts: [], credentials: [] };

export function createJudge(options: JudgeOptions): Judge {
  const { observe } = options;
  const waiting: Block[] = [];
  let asked: Asked | undefined;
  let questions = 0;
  let now = 0;
  let refused = false;
  let commands: Command[] = [];

  const record = (
    held: HeldAction,
    verdict: RecordedVerdict['verdict'],
    by: RecordedVerdict['by'],
    askedAt?: number,
    answer?: Answer,
  ) => {
    commands.push({
      type: 'record-verdict',
      verdict: {
        ...held,
        verdict,
        by,
        note: answer?.note ?? null,
        ...(askedAt === undefined ? {} : { askedAt, answeredAt: now }),
      },
    });
  };
  const refuse = (block: Block, held: HeldAction, by: RefusedBy): void => {
    block.refusal = refusalText(held, by);
    refused = true;
  };
  /** SECURITY: what cannot be judged is asked about; a mistake of ours must not let it pass, and need not end the response. */
  const assess = (proposal: Proposal, secrets: readonly string[]): Assessment => {
    try {
      return options.risk()(proposal, secrets);
    } catch {
      return { verdict: 'ask', reasons: [unjudged], effects: noEffects, canonical: JSON.stringify(proposal) };
    }
  };
  const judge = (block: Block): void => {
    const masking = options.masking();
    const { secrets, suspects, described } = describeBlock(block, masking);
    const assessed = assess(block.proposal, secrets);
    const { effects, canonical } = assessed;
    const isSuspect = assessed.verdict === 'allow' && suspects > 0;
    const verdict = isSuspect ? 'ask' : assessed.verdict;
    const reasons = isSuspect ? [suspicion] : assessed.reasons;
    if (verdict === 'allow') {
      block.refusal = null;
      return;
    }
    const held: HeldAction = { ...described(effects), reasons };
    if (observe) {
      record(held, verdict === 'ask' ? 'would-ask' : 'would-deny', 'policy');
      block.refusal = null;
    } else if (verdict === 'deny') {
      record(held, 'denied', 'policy');
      refuse(block, held, { by: 'policy' });
    } else {
      asked = { question: ++questions, block, held, askedAt: now };
      commands.push({
        type: 'ask',
        question: questions,
        held,
        canonical,
        requestKey: options.requestKey(),
      });
    }
  };
  const advance = (): void => {
    while (asked === undefined) {
      const block = waiting.shift();
      if (block === undefined) return;
      judge(block);
    }
  };

  return {
    at(time) {
      now = time;
    },
    add(block) {
      waiting.push(block);
      advance();
    },
    answered(question, answer) {
      if (asked?.question !== question) return false;
      const { block, held, askedAt } = asked;
      asked = undefined;
      record(held, answer.verdict === 'allow' ? 'allowed' : 'denied', answer.by, askedAt, answer);
      if (answer.verdict === 'allow') block.refusal = null;
      else refuse(block, held, answer);
      advance();
      return true;
    },
    lose() {
      if (asked !== undefined) record(asked.held, 'lost', 'lost', asked.askedAt);
      asked = undefined;
      waiting.length = 0;
    },
    asks: () => asked !== undefined,
    anyRefused: () => refused,
    take() {
      if (commands.length === 0) return commands;
      const all = commands;
      commands = [];
      return all;
    },
    isHarmless: (proposal) => assess(proposal, []).verdict === 'allow',
  };
}
