import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createQuestionIds, menuOf, shownQuestions, type MenuEntry } from '../../src/tray/menu.ts';
import { layoutOf, type LayoutNode, type Properties } from '../../src/tray/menu-layout.ts';
import type { TrayState } from '../../src/tray/tray-state.ts';

const quiet: TrayState = { state: 'on', pending: 0, newest: [], pausedUntil: null };

const states: fc.Arbitrary<TrayState> = fc
  .record({
    state: fc.constantFrom('on', 'asking', 'observing', 'off', 'failed'),
    newest: fc.uniqueArray(fc.record({ id: fc.integer({ max: 9, min: 0 }).map((n) => `q-${n}`), label: fc.string() }), {
      selector: ({ id }) => id,
    }),
    more: fc.nat(20),
    pausedUntil: fc.option(fc.integer({ min: 0, max: 2e12 })),
  })
  .map(({ newest, more, ...rest }) => ({ ...rest, newest, pending: newest.length + more }));

const entriesOf = (state: TrayState, ids = createQuestionIds()): readonly MenuEntry[] =>
  menuOf(state, ids(shownQuestions(state)));
const labels = (state: TrayState): readonly string[] =>
  entriesOf(state).flatMap(({ label, children = [] }) => [
    label ?? '—',
    ...children.map((child) => `  ${child.label}`),
  ]);
const allOf = (entries: readonly MenuEntry[]): readonly MenuEntry[] =>
  entries.flatMap((entry) => [entry, ...allOf(entry.children ?? [])]);
const childrenOf = ([, , children]: LayoutNode): readonly LayoutNode[] =>
  children.map(([, node]) => node as LayoutNode);

describe('the menu', () => {
  test('of a quiet Scrim', () => {
    expect(labels(quiet)).toEqual([
      'Scrim is on',
      '—',
      'Pause masking and holding',
      '  For 5 minutes…',
      '  For 15 minutes…',
      '  For 60 minutes…',
      '—',
      'Open Scrim',
      'Stop Scrim',
    ]);
  });

  test('names what waits, the newest five', () => {
    const newest = Array.from({ length: 7 }, (_, n) => ({ id: `q-${n}`, label: `tool ${n}, for claude` }));
    const shown = labels({ ...quiet, state: 'asking', pending: 12, newest });
    expect(shown.slice(0, 8)).toEqual([
      'Scrim is on',
      '12 outputs wait for you',
      ...[0, 1, 2, 3, 4].map((n) => `tool ${n}, for claude`),
      '—',
    ]);
    expect(labels({ ...quiet, state: 'asking', pending: 1 })).toContain('1 output waits for you');
  });

  test('of a pause, and of a policy that only observes', () => {
    const paused = labels({ ...quiet, state: 'observing', pausedUntil: new Date(2026, 4, 6, 14, 5).getTime() });
    expect(paused.slice(0, 3)).toEqual(['Paused until 14:05: nothing is masked or held', '—', 'Resume']);
    const observing = labels({ ...quiet, state: 'observing' });
    expect(observing).toEqual(['Observing: nothing is masked or held', '—', 'Open Scrim', 'Stop Scrim']);
  });

  test('offers no answer and no pause of its own, whatever the state', () => {
    fc.assert(
      fc.property(states, (state) => {
        for (const { action } of allOf(entriesOf(state)))
          expect(['open', 'resume', 'stop', undefined]).toContain(action?.kind);
      }),
    );
  });

  test('an id never stands for another question', () => {
    fc.assert(
      fc.property(fc.array(states, { minLength: 2 }), (history) => {
        const ids = createQuestionIds();
        const before = new Map<number, string>();
        for (const state of history) {
          for (const { id, action } of entriesOf(state, ids)) {
            if (action?.kind !== 'open' || !action.screen.startsWith('approvals/')) continue;
            expect(before.get(id) ?? action.screen).toBe(action.screen);
            before.set(id, action.screen);
          }
        }
      }),
    );
  });

  test('cuts a long label without half of a letter', () => {
    const label = '😀'.repeat(60);
    const [, , question] = entriesOf({ ...quiet, pending: 1, newest: [{ id: 'q', label }] });
    expect(question?.label).toMatch(/^(😀)+…$/u);
    expect(question?.label?.length).toBeLessThanOrEqual(60);
  });
});

describe('its layout', () => {
  test('holds every entry once, as deep as asked for, with the properties that were asked for', () => {
    fc.assert(
      fc.property(states, (state) => {
        const entries = entriesOf(state);
        const layout = layoutOf(entries);
        const whole = layout.layout(0, -1, []);
        const idsOf = (node: LayoutNode): readonly number[] => [node[0], ...childrenOf(node).flatMap(idsOf)];
        const ids = whole === undefined ? [] : idsOf(whole);
        expect(ids).toEqual([0, ...allOf(entries).map(({ id }) => id)]);
        expect(new Set(ids).size).toBe(ids.length);
        expect(layout.layout(0, 0, [])?.[2]).toEqual([]);
        for (const child of childrenOf(layout.layout(0, 1, []) ?? [0, [], []])) expect(child[2]).toEqual([]);
        for (const id of ids) for (const [name] of layout.properties(id, ['label']) ?? []) expect(name).toBe('label');
        expect(layout.layout(99, -1, [])).toBeUndefined();
      }),
    );
  });

  test('an underscore is one, not a mnemonic', () => {
    const layout = layoutOf([{ id: 1, label: '_my_tool__' }]);
    expect(layout.properties(1, [])).toEqual([
      ['label', ['s', '__my__tool____']],
      ['enabled', ['b', false]],
    ]);
  });

  test('what is told of a change, and what was read before, make the menu of now', () => {
    fc.assert(
      fc.property(states, states, (one, other) => {
        const ids = createQuestionIds();
        const before = layoutOf(entriesOf(one, ids));
        const after = layoutOf(entriesOf(other, ids));
        const { layout, updated, removed } = after.changesFrom(before);
        const told = new Map(updated);
        const gone = new Map(removed);
        // A reader fetches the layout anew where it changed, and keeps what it knows of the entries in it.
        expect(layout).toBe(JSON.stringify(shapeOf(before)) !== JSON.stringify(shapeOf(after)));
        for (const id of after.ids) {
          const known = before.properties(id, []);
          if (known === undefined) continue;
          const now = new Map([...known, ...(told.get(id) ?? [])]);
          for (const name of gone.get(id) ?? []) now.delete(name);
          expect(now).toEqual(new Map(after.properties(id, []) as Properties));
        }
      }),
    );
  });

  test('nothing is told when nothing changed', () => {
    fc.assert(
      fc.property(states, (state) => {
        const ids = createQuestionIds();
        const before = layoutOf(entriesOf(state, ids));
        expect(layoutOf(entriesOf(state, ids)).changesFrom(before)).toEqual({
          layout: false,
          updated: [],
          removed: [],
        });
      }),
    );
  });
});

function shapeOf(layout: ReturnType<typeof layoutOf>): unknown {
  const shape = (node: LayoutNode): unknown => [node[0], childrenOf(node).map(shape)];
  return shape(layout.layout(0, -1, []) ?? [0, [], []]);
}
