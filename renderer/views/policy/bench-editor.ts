// The field of the test bench: what is typed, with what would be masked marked in it. Fetched when it is shown.

import { StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, hoverTooltip, type DecorationSet } from '@codemirror/view';
import type { PolicyMark } from '../../../src/contract/policy.ts';
import { openCodeView } from '../../parts/code-view.ts';

export interface BenchEditor {
  show(text: string): void;
  /** Of the text as it stands; marks of an older one are left out. */
  mark(marks: readonly PolicyMark[]): void;
  select(start: number, end: number): void;
  close(): void;
}

const setMarks = StateEffect.define<readonly PolicyMark[]>();

const marks = StateField.define<{ readonly all: readonly PolicyMark[]; readonly drawn: DecorationSet }>({
  create: () => ({ all: [], drawn: Decoration.none }),
  update(value, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(setMarks)) {
        const length = transaction.state.doc.length;
        const all = effect.value.filter(({ start, end }) => start < end && end <= length);
        return { all, drawn: Decoration.set(all.map(({ start, end }) => marked.range(start, end))) };
      }
    return transaction.docChanged ? { all: [], drawn: value.drawn.map(transaction.changes) } : value;
  },
  provide: (field) => EditorView.decorations.from(field, ({ drawn }) => drawn),
});
const marked = Decoration.mark({ class: 'cm-would-mask' });

const why = hoverTooltip((view, position) => {
  const mark = view.state.field(marks).all.find(({ start, end }) => start <= position && position <= end);
  if (mark === undefined) return null;
  return {
    pos: mark.start,
    end: mark.end,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-explanation';
      dom.textContent = `${mark.rule}: ${mark.why}`;
      return { dom };
    },
  };
});

const look = EditorView.theme({
  '&': { height: '100%' },
  '.cm-scroller': { overflow: 'auto' },
  '.cm-would-mask': {
    backgroundColor: 'var(--mask-soft)',
    color: 'var(--mask)',
    borderRadius: '3px',
    textDecoration: 'underline dotted',
    textUnderlineOffset: '3px',
  },
  '.cm-explanation': { maxWidth: '380px', padding: '4px 8px' },
});

export function openBenchEditor(parent: HTMLElement, text: string, onChange: (text: string) => void): BenchEditor {
  const view = openCodeView({
    parent,
    text,
    language: 'text',
    label: 'Text to try',
    editable: true,
    onChange,
    extensions: [marks, why, look],
  });
  return {
    show(wanted) {
      const { doc } = view.state;
      if (doc.toString() !== wanted) view.dispatch({ changes: { from: 0, to: doc.length, insert: wanted } });
    },
    mark: (wanted) => view.dispatch({ effects: setMarks.of(wanted) }),
    select(start, end) {
      view.dispatch({ selection: { anchor: start, head: end }, scrollIntoView: true });
      view.focus();
    },
    close: () => view.destroy(),
  };
}
