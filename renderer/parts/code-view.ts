// The editor, fetched only when a screen shows code: read-only by default.
// What every editor of the window has in common stands here: theme by our tokens, keyboard, languages.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { python } from '@codemirror/lang-python';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  Decoration,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

export type CodeLanguage = 'shell' | 'json' | 'javascript' | 'python' | 'yaml' | 'text';

export interface CodeViewOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly language: CodeLanguage;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly editable?: boolean;
  readonly onChange?: (text: string) => void;
  readonly extensions?: readonly Extension[];
}

const languages: Readonly<Record<CodeLanguage, () => Extension>> = {
  shell: () => StreamLanguage.define(shell),
  json: () => json(),
  javascript: () => javascript({ typescript: true, jsx: true }),
  python: () => python(),
  yaml: () => yaml(),
  text: () => [],
};

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: [tags.comment, tags.meta], color: 'var(--text-faint)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.attributeName], color: 'var(--accent-strong)' },
  { tag: [tags.variableName, tags.function(tags.variableName)], color: 'var(--text)' },
  { tag: [tags.invalid], color: 'var(--bad)' },
]);

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--text)', fontSize: 'var(--small)' },
  '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-faint)', border: 'none' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-placeholder-mark': {
    backgroundColor: 'var(--mask-soft)',
    color: 'var(--mask)',
    borderRadius: '4px',
    fontWeight: '600',
  },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--text)', border: '1px solid var(--line)' },
});

/** Placeholders stand out in code too. */
const placeholders = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = marked.createDeco(view);
    }
    update(update: ViewUpdate): void {
      this.decorations = marked.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
const marked = new MatchDecorator({
  regexp: /[\w./+-]{0,9}MASKED_[A-Z0-9_]+_[0-9a-f]{8}|\*\*\*MASKED(?::[\w.-]{1,64})?\*\*\*/g,
  decoration: Decoration.mark({ class: 'cm-placeholder-mark' }),
});

/** Chromium would copy the look of what is typed over into a style attribute, which the page's policy refuses aloud. */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const isPlain = event.inputType === 'insertText' && event.data !== null && !view.composing;
    if (!isPlain || view.state.readOnly || view.state.selection.main.empty) return false;
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
    event.preventDefault();
    return true;
  },
});

/** The view belongs to the caller, who destroys it. */
export function openCodeView(options: CodeViewOptions): EditorView {
  const { parent, text, language, label, editable = false, onChange, extensions = [] } = options;
  // In a shadow root the editor adopts its style sheets; elsewhere it would write a style element, which the page's policy forbids.
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' });
  return new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        drawSelection(),
        history(),
        bracketMatching(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        languages[language](),
        syntaxHighlighting(colours),
        look,
        placeholders,
        typedOver,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        ...(editable ? [] : [EditorState.readOnly.of(true)]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange?.(update.state.doc.toString());
        }),
        ...extensions,
      ],
    }),
  });
}

/** Of a tool's name or a fence's word. */
export function languageOf(name: string): CodeLanguage {
  if (/^(ba|z|k)?sh$|shell|bash|terminal|exec|run_command/i.test(name)) return 'shell';
  if (/^(js|jsx|ts|tsx|javascript|typescript|node)$/i.test(name)) return 'javascript';
  if (/^(py|python3?)$/i.test(name)) return 'python';
  if (/^ya?ml$/i.test(name)) return 'yaml';
  if (/^json/i.test(name)) return 'json';
  return 'text';
}
