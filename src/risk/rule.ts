// What a rule is: the card that people read, and the facts it speaks about.

import type { Severity } from '../contract/questions.ts';
import type { Command, CredentialFact, HostFact, PathFact, Place, Sign } from './facts.ts';
import type { Proposal } from './proposal.ts';
import type { Scene } from './scene.ts';

export type Category =
  | 'destructive'
  | 'privilege'
  | 'remote-session'
  | 'persistence'
  | 'security-tools'
  | 'scrim'
  | 'credentials'
  | 'exfiltration'
  | 'outside-writes'
  | 'secret-writes'
  | 'remote-code'
  | 'obfuscation';

/** A shell line, or a proposal for what is no shell. */
export type Example = string | Proposal;

export interface RuleCard {
  readonly id: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly then: 'ask' | 'deny';
  /** One sentence: what would happen. */
  readonly reason: string;
  readonly when: readonly Place[];
  /** Judged in the folder `/home/me/project` of `/home/me`: the rule speaks. */
  readonly examples: readonly Example[];
  /** The rule is silent (another one may speak). */
  readonly counterExamples: readonly Example[];
}

/** One fact that fits is enough. */
export interface Rule extends RuleCard {
  /** The programs that `command` is asked about (`=`: any with variables set in front of it); left out: all of them. */
  readonly programs?: readonly string[];
  readonly command?: (command: Command, scene: Scene) => boolean;
  readonly path?: (path: PathFact, scene: Scene) => boolean;
  readonly host?: (host: HostFact, scene: Scene) => boolean;
  readonly credential?: (credential: CredentialFact) => boolean;
  readonly signs?: readonly Sign[];
}

export const everywhere: readonly Place[] = ['shell', 'tool', 'code'];
