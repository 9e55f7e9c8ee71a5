// Rules ready to be asked: the built-in ones, as the policy changes them, and the policy's own.

import type { Severity } from '../contract/questions.ts';
import { meaningOf, type RiskRule } from './custom-rules.ts';
import type { Command, Facts, Place } from './facts.ts';
import type { Matcher } from './matchers.ts';
import type { Proposal } from './proposal.ts';
import type { Rule } from './rule.ts';
import { catalogue } from './rules/catalogue.ts';
import type { Scene } from './scene.ts';

/** A rule that asks or denies. */
export interface Objection {
  readonly id: string;
  readonly severity: Severity;
  readonly reason: string;
  readonly then: 'ask' | 'deny';
  /** A built-in ask, which an approval may silence. */
  readonly yields: boolean;
  /** The built-in rule that it is, as it is: all of these are asked at once. */
  readonly rule?: Rule;
  speaks(facts: Facts, scene: Scene, outer: Place, proposal: Proposal): boolean;
}

/** A rule that allows: the facts it leaves for built-in asks to speak about. */
export type Approval = (facts: Facts, scene: Scene, outer: Place, proposal: Proposal) => Facts;

export interface RuleSet {
  readonly objections: readonly Objection[];
  /** Which of the rules behind the objections speak about some facts. */
  readonly heard: (facts: Facts, scene: Scene, outer: Place) => ReadonlySet<Rule>;
  readonly approvals: readonly Approval[];
}

/** Rules that can never match are left out. */
export function compileRules(rules: readonly RiskRule[]): RuleSet {
  const lasting = new Map<string, RiskRule>();
  // A rule without a match takes that of the rule it overrides.
  for (const rule of rules) lasting.set(rule.id, { ...rule, match: rule.match ?? lasting.get(rule.id)?.match ?? null });
  const last = [...lasting.values()];
  const objections: Objection[] = [];
  const approvals: Approval[] = [];
  let builtIn = [...catalogue];
  for (const rule of last) {
    const meaning = meaningOf(rule);
    if (meaning.kind === 'none') continue;
    const places = rule.when === null ? null : rule.when.filter((place): place is Place => place !== 'text');
    if (meaning.kind === 'matchers') {
      if (rule.then === 'allow') approvals.push(approval(meaning.matchers, places));
      else objections.push(objection(rule, rule.then, meaning.matchers, places));
    } else {
      const then = rule.then;
      builtIn = builtIn.flatMap((each) => {
        if (!meaning.ids.includes(each.id)) return [each];
        const within = places ?? each.when;
        const rest = { ...each, when: each.when.filter((place) => !within.includes(place)) };
        // SECURITY: a denial is lifted only by a rule that names it.
        if (then === 'allow') return meaning.named || each.then === 'ask' ? [rest] : [each];
        if (rule.id !== each.id) {
          objections.push({
            ...fromRule({ ...each, when: within }),
            id: rule.id,
            then,
            yields: false,
            reason: rule.reason ?? each.reason,
          });
          return [each];
        }
        objections.push({
          ...fromRule({ ...each, when: within }),
          then,
          yields: false,
          reason: rule.reason ?? each.reason,
        });
        return [rest];
      });
    }
  }
  const all = [...builtIn.filter(({ when }) => when.length > 0).map(fromRule), ...objections];
  return { objections: all, heard: indexed(all.flatMap(({ rule }) => rule ?? [])), approvals };
}

const admits =
  (places: readonly Place[] | null, outer: Place) =>
  (place: Place): boolean =>
    places === null || places.includes(place) || (place === 'shell' && places.includes(outer));

function approval(matchers: readonly Matcher[], places: readonly Place[] | null): Approval {
  return (facts, scene, outer, proposal) => {
    const here = admits(places, outer);
    if (!matchers.every((matcher) => matcher.fits(facts, scene, proposal, here))) return facts;
    const narrowing = matchers.filter((matcher) => matcher.without !== undefined);
    // Only a tool's name (or a secret's) is asked: then the whole call is meant.
    if (narrowing.length === 0)
      return { ...facts, commands: [], paths: [], hosts: [], credentials: [], signs: new Map() };
    return narrowing.reduce((left, matcher) => matcher.without?.(left, scene, here) ?? left, facts);
  };
}

function objection(
  rule: RiskRule,
  then: 'ask' | 'deny',
  matchers: readonly Matcher[],
  places: readonly Place[] | null,
): Objection {
  return {
    id: rule.id,
    severity: then === 'deny' ? 'high' : 'medium',
    reason: rule.reason ?? `Matches the rule "${rule.id}" of the policy.`,
    then,
    yields: false,
    speaks: (facts, scene, outer, proposal) =>
      matchers.every((matcher) => matcher.fits(facts, scene, proposal, admits(places, outer))),
  };
}

function fromRule(rule: Rule): Objection {
  return {
    id: rule.id,
    severity: rule.severity,
    reason: rule.reason,
    then: rule.then,
    yields: rule.then === 'ask',
    rule,
    speaks: (facts, scene, outer) => indexed([rule])(facts, scene, outer).has(rule),
  };
}

/** Tells which of many rules speak. Facts go outside and rules inside, and a command meets only the rules of its program. */
export function indexed(rules: readonly Rule[]): (facts: Facts, scene: Scene, outer: Place) => ReadonlySet<Rule> {
  const byProgram = new Map<string, Rule[]>();
  for (const rule of rules)
    if (rule.command !== undefined)
      for (const program of rule.programs ?? ['*']) byProgram.set(program, [...(byProgram.get(program) ?? []), rule]);
  const ofAll = byProgram.get('*') ?? [];
  const ofVariables = byProgram.get('=') ?? [];
  const ofPaths = rules.filter(({ path }) => path !== undefined);
  const ofHosts = rules.filter(({ host }) => host !== undefined);
  const ofCredentials = rules.filter(({ credential }) => credential !== undefined);
  const ofSigns = rules.filter(({ signs }) => signs !== undefined);
  return (facts, scene, outer) => {
    const spoke = new Set<Rule>();
    const admitted = (rule: Rule, place: Place): boolean =>
      !spoke.has(rule) && (rule.when.length === 3 || admits(rule.when, outer)(place));
    const hear = (command: Command, heard: readonly Rule[]): void => {
      for (const rule of heard)
        if (admitted(rule, command.place) && rule.command?.(command, scene) === true) spoke.add(rule);
    };
    for (const command of facts.commands) {
      const own = byProgram.get(family(command.name));
      if (own !== undefined) hear(command, own);
      if (command.variables.length > 0) hear(command, ofVariables);
      if (ofAll.length > 0) hear(command, ofAll);
    }
    for (const path of facts.paths)
      for (const rule of ofPaths) if (admitted(rule, path.place) && rule.path?.(path, scene) === true) spoke.add(rule);
    for (const host of facts.hosts)
      for (const rule of ofHosts) if (admitted(rule, host.place) && rule.host?.(host, scene) === true) spoke.add(rule);
    for (const credential of facts.credentials)
      for (const rule of ofCredentials)
        if (admitted(rule, credential.place) && rule.credential?.(credential) === true) spoke.add(rule);
    if (facts.signs.size > 0)
      for (const rule of ofSigns)
        for (const sign of rule.signs ?? []) {
          const place = facts.signs.get(sign);
          if (place !== undefined && admitted(rule, place)) spoke.add(rule);
        }
    return spoke;
  };
}

/** `mkfs.ext4` is `mkfs`. */
function family(name: string): string {
  return name.startsWith('mkfs.') ? 'mkfs' : name.startsWith('newfs_') ? 'newfs' : name;
}
