// The policy's editor: completion and explanations from the JSON Schema, problems at their lines. Fetched when it is shown.

import {
  autocompletion,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { indentService } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorView, hoverTooltip, keymap, type Tooltip } from '@codemirror/view';
import type { PolicyFacts, PolicyTextProblem } from '../../../src/contract/policy.ts';
import { openCodeView } from '../../parts/code-view.ts';
import { infoAt, keysAt, shapeAt, valuesAt, type SchemaWord } from './schema-at.ts';
import { placeAt, type YamlPlace } from './yaml-place.ts';

export interface YamlEditor {
  /** Changes only what is different, so that the caret and the way back stay. */
  show(text: string): void;
  problems(problems: readonly PolicyTextProblem[]): void;
  /** To a line (1-based), or to a key at the left edge. */
  goTo(place: number | string): void;
  close(): void;
}

export interface YamlEditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly facts: PolicyFacts;
  readonly onChange: (text: string) => void;
  readonly save: () => void;
}

export function openYamlEditor({ parent, text, facts, onChange, save }: YamlEditorOptions): YamlEditor {
  const view = openCodeView({
    parent,
    text,
    language: 'yaml',
    label: 'Policy as YAML',
    editable: true,
    onChange,
    extensions: [
      autocompletion({ override: [(context) => completions(context, facts)], icons: false }),
      hoverTooltip((editor, position) => explanation(editor, position, facts)),
      lintGutter(),
      indentService.of((context, position) => {
        const { text: above } = context.lineAt(position, -1);
        const column = /^\s*(?:- )*/.exec(above)?.[0].length ?? 0;
        return /:\s*$/.test(above) ? column + 2 : column;
      }),
      highlightSelectionMatches(),
      keymap.of([
        { key: 'Mod-s', preventDefault: true, run: () => (save(), true) },
        ...completionKeymap,
        ...lintKeymap,
        ...searchKeymap,
      ]),
      look,
    ],
  });
  return {
    show(wanted) {
      const now = view.state.doc.toString();
      if (now === wanted) return;
      let from = 0;
      while (from < now.length && now[from] === wanted[from]) from++;
      let same = 0;
      const most = Math.min(now.length, wanted.length) - from;
      while (same < most && now[now.length - 1 - same] === wanted[wanted.length - 1 - same]) same++;
      view.dispatch({ changes: { from, to: now.length - same, insert: wanted.slice(from, wanted.length - same) } });
    },
    problems(problems) {
      view.dispatch(
        setDiagnostics(
          view.state,
          problems.map((each) => diagnosticOf(view, each)),
        ),
      );
    },
    goTo(place) {
      const { doc } = view.state;
      const found =
        typeof place === 'number'
          ? place
          : doc
              .toString()
              .split('\n')
              .findIndex((line) => line.startsWith(`${place}:`)) + 1;
      if (found > 0) {
        const { from } = doc.line(Math.min(found, doc.lines));
        view.dispatch({
          selection: { anchor: from },
          effects: EditorView.scrollIntoView(from, { y: 'start', yMargin: 40 }),
        });
      }
      view.focus();
    },
    close: () => view.destroy(),
  };
}

function diagnosticOf({ state }: EditorView, { line, column, message }: PolicyTextProblem): Diagnostic {
  const { from, to, text } = state.doc.line(Math.min(line, state.doc.lines));
  const start = Math.min(from + column - 1, to);
  // The word there, or the rest of the line.
  const word = /^[^\s,\]}#]+/.exec(text.slice(start - from))?.[0].length ?? to - start;
  return { from: start, to: Math.max(start + word, start), severity: 'error', message };
}

function completions(context: CompletionContext, facts: PolicyFacts): CompletionResult | null {
  const place = placeAt(context.state.doc.toString(), context.pos);
  if (place === undefined || (place.word === '' && !context.explicit)) return null;
  const { path, at, from } = place;
  // An entry of a list may be a word, or the first key of a map.
  const keys = at === 'key' || path.at(-1) === 0 ? keysAt(facts.schema, path) : [];
  const values = at === 'value' ? [...valuesAt(facts.schema, path), ...known(path, facts)] : [];
  const options = [
    ...keys.map(({ word, info }) => ({
      label: word,
      apply: `${word}:${behind(context, place, shapeAt(facts.schema, [...path, word]))}`,
      type: 'property',
      detail: info,
    })),
    ...values.map(({ word, info }) => ({ label: word, type: 'enum', detail: info })),
  ];
  return options.length === 0 ? null : { from, options, validFor: /^[\w.-]*$/ };
}

/** What follows a key: maps and lists of maps go on a line of their own, unless they stand in brackets. */
function behind({ state }: CompletionContext, { from }: YamlPlace, shape: 'map' | 'maps' | 'other'): string {
  const before = state.doc.lineAt(from).text.slice(0, from - state.doc.lineAt(from).from);
  if (shape === 'other' || !/^\s*(?:- )*$/.test(before)) return ' ';
  return `\n${' '.repeat(before.length + 2)}${shape === 'maps' ? '- ' : ''}`;
}

/** Ids that the program knows and the schema does not. */
function known(path: readonly (string | 0)[], { risks }: PolicyFacts): readonly SchemaWord[] {
  const [key, list] = [path.at(-1), path.at(-3)];
  if (list !== 'risk' || (key !== 'id' && key !== 'match')) return [];
  const rules = risks.map(({ id, reason }) => ({ word: id, info: reason }));
  const categories = [...new Set(risks.map(({ category }) => category))].map((word) => ({
    word,
    info: 'every rule of it',
  }));
  return key === 'id' ? rules : [...categories, ...rules];
}

function explanation({ state }: EditorView, position: number, facts: PolicyFacts): Tooltip | null {
  const word = state.wordAt(position);
  if (word === null) return null;
  const { from, to, text } = state.doc.lineAt(position);
  // Keys may have hyphens in them.
  const left = /[\w-]*$/.exec(text.slice(0, position - from))?.[0].length ?? 0;
  const right = /^[\w-]*/.exec(text.slice(position - from))?.[0].length ?? 0;
  const [start, end] = [position - left, Math.min(position + right, to)];
  const isKey = state.doc.sliceString(end, end + 1) === ':';
  const place = placeAt(state.doc.toString(), end);
  if (place === undefined) return null;
  const path = isKey ? [...place.path, state.doc.sliceString(start, end)] : place.path;
  const rule = isKey ? undefined : facts.risks.find(({ id }) => id === state.doc.sliceString(start, end));
  const info = rule?.reason ?? infoAt(facts.schema, path);
  if (info === '') return null;
  return {
    pos: start,
    end,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-explanation';
      dom.textContent = info;
      return { dom };
    },
  };
}

const look = EditorView.theme({
  '&': { height: '100%' },
  '.cm-scroller': { overflow: 'auto' },
  '.cm-explanation': { maxWidth: '380px', padding: '4px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16em' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--accent-strong)',
  },
  '.cm-completionDetail': { color: 'var(--text-faint)', fontStyle: 'normal', fontFamily: 'var(--font)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  // SECURITY: the pictures of the library are data: addresses, which the page's policy refuses.
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textUnderlineOffset: '3px',
  },
  '.cm-lint-marker-error': {
    content: 'none',
    width: '9px',
    height: '9px',
    margin: '1px 2px',
    borderRadius: '50%',
    backgroundColor: 'var(--bad)',
  },
  '.cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '.cm-searchMatch': { backgroundColor: 'var(--mask-soft)' },
  '.cm-textfield': { backgroundColor: 'var(--surface)', border: '1px solid var(--line-strong)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--sunken)', border: '1px solid var(--line-strong)' },
});
