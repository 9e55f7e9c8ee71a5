// The risk engine: what a proposal would do, what the rules say about it, and whether a person must be asked.

import type { RiskReason, Severity } from '../contract/questions.ts';
import { canonical } from './canonical.ts';
import { compileRules, type RuleSet } from './compile.ts';
import { quoted } from './arguments.ts';
import { credentialAt } from './credentials.ts';
import type { Facts, Place } from './facts.ts';
import { resolvePath } from './paths.ts';
import { factsOf, type Proposal } from './proposal.ts';
import type { RuleCard } from './rule.ts';
import { catalogue } from './rules/catalogue.ts';
import type { Scene } from './scene.ts';
import type { RiskRule } from './custom-rules.ts';

export type { Proposal } from './proposal.ts';
export type { RiskRule } from './custom-rules.ts';
export { checkRiskRule } from './custom-rules.ts';

export interface RiskContext {
  /** The project folder, absolute, where known. */
  readonly folder: string | null;
  readonly home: string;
  /** Ids of the masking rules that found something in the input. */
  readonly secrets: readonly string[];
}

/** Raw text, in lists of at most 50, each at most 500 characters long. */
export interface RawEffects {
  readonly runs: readonly string[];
  readonly writes: readonly string[];
  readonly hosts: readonly string[];
  readonly credentials: readonly string[];
}

export interface Assessment {
  readonly verdict: 'allow' | 'ask' | 'deny';
  /** Of the rules that spoke with the verdict or stronger, worst first; empty for `allow`. */
  readonly reasons: readonly RiskReason[];
  readonly effects: RawEffects;
  /** The action in one spelling; grants are bound to it. As long as the action. */
  readonly canonical: string;
}

export interface Risk {
  /** Never throws. Input beyond 64 KiB of shell or code is not judged, and asks. */
  assess(proposal: Proposal, context: RiskContext): Assessment;
}

export interface RiskSettings {
  /** In the order of the policy; the last rule of an id wins. */
  readonly rules: readonly RiskRule[];
  readonly approved: { readonly hosts: readonly string[]; readonly paths: readonly string[] };
}

export const builtInRules: readonly RuleCard[] = catalogue;

const weight: Readonly<Record<Severity, number>> = { critical: 3, high: 2, medium: 1, low: 0 };

/** Rules that `checkRiskRule` refuses are left out. */
export function compileRisk(settings: RiskSettings): Risk {
  const rules = compileRules(settings.rules);
  return {
    assess: (proposal, context) => {
      const { home } = context;
      const folder = context.folder === null ? null : resolvePath(context.folder, null, home);
      const scene: Scene = {
        folder,
        home,
        approvedHosts: settings.approved.hosts,
        approvedPaths: settings.approved.paths.map((path) => resolvePath(path, folder, home)),
        secrets: context.secrets,
      };
      let facts: Facts;
      try {
        facts = factsOf(proposal, home, folder);
      } catch {
        return unjudged(proposal);
      }
      const { verdict, reasons } = judge(rules, facts, scene, proposal);
      return lazily({ verdict, reasons }, () => effectsOf(facts, scene), proposal);
    },
  };
}

/** Most actions are let through, and then nobody looks at what they would do or how they are spelled. */
function lazily(
  judged: Pick<Assessment, 'verdict' | 'reasons'>,
  effects: () => RawEffects,
  proposal: Proposal,
): Assessment {
  let seen: RawEffects | undefined;
  let spelled: string | undefined;
  return {
    ...judged,
    get effects() {
      return (seen ??= effects());
    },
    get canonical() {
      return (spelled ??= canonical(proposal));
    },
  };
}

/** SECURITY: what makes the engine fail is asked about, never let through. */
function unjudged(proposal: Proposal): Assessment {
  const rule = catalogue.find(({ id }) => id === 'unreadable');
  return {
    verdict: 'ask',
    reasons: rule === undefined ? [] : [{ rule: rule.id, severity: rule.severity, reason: rule.reason }],
    effects: { runs: [], writes: [], hosts: [], credentials: [] },
    canonical: canonical(proposal),
  };
}

function judge(
  rules: RuleSet,
  facts: Facts,
  scene: Scene,
  proposal: Proposal,
): Pick<Assessment, 'verdict' | 'reasons'> {
  const outer: Place = proposal.kind === 'code' ? 'code' : 'tool';
  const left = rules.approvals.reduce((rest, approval) => approval(rest, scene, outer, proposal), facts);
  const heard = rules.heard(facts, scene, outer);
  const heardOfRest = left === facts ? heard : rules.heard(left, scene, outer);
  const spoke = rules.objections.filter((each) =>
    each.rule === undefined
      ? each.speaks(each.yields ? left : facts, scene, outer, proposal)
      : (each.yields ? heardOfRest : heard).has(each.rule),
  );
  const verdict = spoke.some((rule) => rule.then === 'deny') ? 'deny' : spoke.length > 0 ? 'ask' : 'allow';
  const reasons = spoke
    .filter((rule) => rule.then === verdict)
    .sort((a, b) => weight[b.severity] - weight[a.severity])
    .map(({ id, severity, reason }) => ({ rule: id, severity, reason }));
  return { verdict, reasons };
}

const mostEffects = 50;
const longestEffect = 500;

function effectsOf(facts: Facts, { home }: Scene): RawEffects {
  const list = (texts: readonly string[]): string[] =>
    [...new Set(texts)]
      .slice(0, mostEffects)
      .map((text) => (text.length > longestEffect ? `${text.slice(0, longestEffect - 1)}…` : text));
  return {
    runs: list(
      facts.commands
        .filter(({ wraps, name }) => !wraps && name !== '')
        .slice(0, 200)
        .map(({ name, args }) => [name, ...args.map(quoted)].join(' ')),
    ),
    writes: list(facts.paths.filter(({ use }) => use !== 'read').map(({ path }) => path)),
    hosts: list(facts.hosts.map(({ host, address }) => host ?? address)),
    credentials: list([
      ...facts.credentials.map(({ name }) => name),
      ...facts.paths.flatMap(({ path, use }) => (use === 'read' ? (credentialAt(path, home) ?? []) : [])),
    ]),
  };
}
