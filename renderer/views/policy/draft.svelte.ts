// The policy as it is being edited: one text, which the form and the YAML both change. It stays while the window is open, also
// when the screen is left.

import type {
  PolicyCheck,
  PolicyDocument,
  PolicyEdit,
  PolicyFacts,
  PolicyJson,
  PolicyWeakening,
} from '../../../src/contract/policy.ts';
import { core } from '../../core.svelte.ts';
import { messageOf } from '../../message.ts';
import { at, listOf, type Path } from './written.ts';

/** Milliseconds without a key before what was typed is checked. */
const checkAfter = 200;

export class Draft {
  /** The file as it was loaded or saved last. */
  document = $state.raw<PolicyDocument>();
  facts = $state.raw<PolicyFacts>();
  text = $state('');
  /** Of the text, or of a text a moment ago. */
  check = $state.raw<PolicyCheck>();
  /** The last text that could be read: what the form shows. */
  written = $state.raw<PolicyJson>({});
  /** The text could be read at some time: `written` is of then. */
  wasRead = $state(false);
  /** The file as somebody else has changed it meanwhile. */
  other = $state.raw<PolicyDocument>();
  /** What has to be agreed to before the text is saved. */
  toAccept = $state.raw<readonly PolicyWeakening[]>();
  isSaving = $state(false);
  isChecking = $state(false);
  failed = $state<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  get isChanged(): boolean {
    return this.document !== undefined && this.text !== this.document.text;
  }

  /** The YAML cannot be read: the form shows what was there before, and changes nothing. */
  get isUnreadable(): boolean {
    return this.check !== undefined && this.check.written === null && this.text.trim() !== '';
  }

  value(path: Path): PolicyJson | undefined {
    return at(this.written, path);
  }

  defaultOf(path: Path): PolicyJson | undefined {
    return at(this.facts?.defaults, path);
  }

  /** The file as the core tells of it. */
  take(document: PolicyDocument): void {
    const known = this.document;
    if (known === undefined || !this.isChanged || document.text === this.text) this.#load(document);
    else if (document.hash !== known.hash) this.other = document;
    else this.document = document;
  }

  type(text: string): void {
    if (text === this.text) return;
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), checkAfter);
  }

  /** Changes the text through the core. Resolves with what is wrong with the change, which is then not made. */
  change(...edits: PolicyEdit[]): Promise<string | undefined> {
    return this.#inTurn(async () => {
      for (;;) {
        const { text } = this;
        try {
          const changed = await core.client.policy.edit({ text, edits: edits as never });
          // Somebody typed meanwhile: the change is made to what is there now.
          if (text !== this.text) continue;
          const before = this.check?.problems ?? [];
          const problem = changed.check.problems.find(
            ({ message }) => !before.some((each) => each.message === message),
          );
          if (problem !== undefined) return problem.message;
          this.text = changed.text;
          this.#took(changed.check);
          return undefined;
        } catch (error) {
          return messageOf(error);
        }
      }
    });
  }

  set(path: Path, value: PolicyJson): Promise<string | undefined> {
    return this.change({ kind: 'set', path: [...path], value });
  }

  /** To a list; what counts without being written is written with it. */
  add(path: Path, value: PolicyJson): Promise<string | undefined> {
    const standing = this.value(path) === undefined ? listOf(this.defaultOf(path)) : [];
    return standing.length > 0
      ? this.set(path, [...standing, value])
      : this.change({ kind: 'add', path: [...path], value });
  }

  removeAt(path: Path, index: number): Promise<string | undefined> {
    const own = this.value(path);
    // A list that is empty anyway by default need not be written.
    if (listOf(own).length === 1 && listOf(this.defaultOf(path)).length === 0) return this.remove(path);
    if (own !== undefined) return this.remove([...path, index]);
    return this.set(
      path,
      listOf(this.defaultOf(path)).filter((_, i) => i !== index),
    );
  }

  remove(path: Path): Promise<string | undefined> {
    return this.change({ kind: 'remove', path: [...path] });
  }

  discard(): void {
    if (this.document !== undefined) this.#load(this.other ?? this.document);
  }

  /** Resolves true when it is saved; else `toAccept`, `other` or `check` says why not. */
  async save(accepted = false): Promise<boolean> {
    const { document, text } = this;
    if (document === undefined || this.isSaving) return false;
    this.isSaving = true;
    try {
      const saved = await core.client.policy.save({ text, basedOn: document.hash, accepted });
      if (saved.state === 'weakens') this.toAccept = saved.weakenings;
      else if (saved.state === 'conflict') this.other = { ...document, text: saved.text, hash: saved.hash };
      else if (saved.state === 'invalid') await this.#check();
      else {
        this.toAccept = undefined;
        this.document = { ...document, text, hash: saved.hash, problems: [], canUndo: true };
        await this.#check();
      }
      return saved.state === 'saved';
    } finally {
      this.isSaving = false;
    }
  }

  /** The person's text stays, and may replace what somebody else has written. */
  keepMine(): void {
    if (this.other !== undefined) this.document = this.other;
    this.other = undefined;
  }

  async undo(): Promise<void> {
    if (this.document !== undefined) this.#load(await core.client.policy.undo({ hash: this.document.hash }));
  }

  #load(document: PolicyDocument): void {
    const isOther = document.text !== this.text || this.check === undefined;
    this.document = document;
    this.other = undefined;
    this.text = document.text;
    if (isOther) void this.#check();
  }

  async #check(): Promise<void> {
    const { text } = this;
    clearTimeout(this.#timer);
    this.isChecking = true;
    try {
      const check = await core.client.policy.check({ text });
      if (text === this.text) this.#took(check);
    } catch (error) {
      this.failed = messageOf(error);
    } finally {
      this.isChecking = false;
    }
  }

  #took(check: PolicyCheck): void {
    this.failed = undefined;
    this.check = check;
    if (check.written !== null || this.text.trim() === '') this.wasRead = true;
    if (check.written !== null) this.written = check.written;
    else if (this.text.trim() === '' || check.problems.length === 0) this.written = {};
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

export const draft = new Draft();
