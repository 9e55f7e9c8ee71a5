// What an adapter asks for, as data: it goes into the journal, so that an undo needs no adapter and no plan.

/** Where something is changed: a file, or a setting that a program of the system keeps (`stores/`). */
export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'setting'; readonly store: StoreName; readonly key: string };

export type StoreName = 'gsettings' | 'networksetup' | 'registry';

/** What is changed there. */
export type Edit = BlockEdit | SettingsEdit | OptionsEdit | ValueEdit;

/** Lines of our own between two marks. For files of lines in which `#` begins a comment. */
export interface BlockEdit {
  readonly format: 'block';
  /** Names the block in its marks: the client's id. */
  readonly mark: string;
  readonly lines: readonly string[];
  /** Where a file has sections (`[name]`), lines before the first belong to none. Default: the end of the file. */
  readonly beforeSections?: boolean;
}

/** Values at paths of keys. INI: section and key. */
export interface SettingsEdit {
  readonly format: 'json' | 'yaml' | 'ini';
  readonly settings: readonly Setting[];
}

export type Setting =
  | { readonly path: readonly string[]; readonly value: string | boolean }
  /** YAML only: added to the list at the path. */
  | { readonly path: readonly string[]; readonly items: readonly string[] };

/** `<option name value>` of one component in a settings file of a JetBrains IDE. */
export interface OptionsEdit {
  readonly format: 'options';
  readonly component: string;
  readonly options: Readonly<Record<string, string>>;
}

/** The whole content. */
export interface ValueEdit {
  readonly format: 'value';
  readonly value: string;
}

export interface Change {
  readonly target: Target;
  readonly edit: Edit;
}

/** How one format is edited. Texts have no byte order mark; "" stands for a file that is not there. */
export interface TextFormat<E extends Edit> {
  /** The text with our part in it. Throws `TypeError` when the text is not of this format or our part has no place in it. */
  render(text: string, edit: E): string;
  /** Whether our part stands in the text, whoever put it there. */
  holds(text: string, edit: E): boolean;
  /**
   * The text without our part; values that it replaced come back from `base`. What somebody set to another value is theirs
   * and stays. Throws `TypeError` when ours cannot be told from theirs.
   */
  withdraw(text: string, edit: E, base: string): string;
  /** What a person has to remove when `withdraw` throws. */
  describe(edit: E): string;
}
