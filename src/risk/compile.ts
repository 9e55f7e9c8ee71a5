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
  speaks(facts: Facts, scene: Scene, outer: Place, proposal: Proposal): boolean;
}

/** A rule that allows: the facts it leaves for built-in asks to speak about. */
export type Approval = (facts: Facts, scene: Scene, outer: Place, proposal: Proposal) => Facts;

export interface RuleSet {
  readonly objections: readonly Objection[];
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
  return { objections: [...builtIn.filter(({ when }) => when.length > 0).map(fromRule), ...objections], approvals };
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
  const programs = rule.programs === undefined ? null : new Set(rule.programs);
  return {
    id: rule.id,
    severity: rule.severity,
    reason: rule.reason,
    then: rule.then,
    yields: rule.then === 'ask',
    speaks: (facts, scene, outer) => speaks(rule, programs, facts, scene, outer),
  };
}

/** Whether one fact, in a place that the rule looks at, fits. */
function speaks(rule: Rule, programs: ReadonlySet<string> | null, facts: Facts, scene: Scene, outer: Place): boolean {
  const here = rule.when.length === 3 ? anywhere : admits(rule.when, outer);
  if (
    facts.signs.size > 0 &&
    rule.signs?.some((sign) => facts.signs.has(sign) && here(facts.signs.get(sign) ?? outer)) === true
  )
    return true;
  if (rule.command !== undefined && (programs === null || starts(facts, programs))) {
    for (const each of facts.commands) {
      if (
        (programs === null || programs.has(family(each.name)) || (each.variables.length > 0 && programs.has('='))) &&
        here(each.place) &&
        rule.command(each, scene)
      )
        return true;
    }
  }
  if (rule.path !== undefined && facts.paths.some((fact) => here(fact.place) && rule.path?.(fact, scene) === true))
    return true;
  if (rule.host !== undefined && facts.hosts.some((fact) => here(fact.place) && rule.host?.(fact, scene) === true))
    return true;
  return facts.credentials.some((fact) => here(fact.place) && rule.credential?.(fact) === true);
}

const anywhere = (): boolean => true;

/** `mkfs.ext4` is `mkfs`. */
function family(name: string): string {
  return name.startsWith('mkfs.') ? 'mkfs' : name.startsWith('newfs_') ? 'newfs' : name;
}

const namesOf = new WeakMap<readonly Command[], ReadonlySet<string>>();

/** Whether any of the programs is started at all: nearly always not, for a given rule. */
function starts(facts: Facts, programs: ReadonlySet<string>): boolean {
  let names = namesOf.get(facts.commands);
  if (names === undefined) {
    names = new Set(
      facts.commands.flatMap(({ name, variables }) => (variables.length > 0 ? [family(name), '='] : [family(name)])),
    );
    namesOf.set(facts.commands, names);
  }
  for (const name of names) if (programs.has(name)) return true;
  return false;
}
