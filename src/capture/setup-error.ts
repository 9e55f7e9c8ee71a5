// The one error of this folder.

export type SetupCode =
  | 'not-understood' // a file is not what its name promises, or holds something in our place
  | 'changed-since' // our part was changed by somebody: it is not taken out for them
  | 'not-writable' // read-only, somebody else's, a dangling link
  | 'nothing-to-change' // the client keeps no settings where we know to put them
  | 'command-failed' // a program of the system refused
  | 'damaged-journal'; // what was noted down at apply cannot be read

export class SetupError extends Error {
  readonly code: SetupCode;
  /** `message`: one sentence that says what to do next. */
  constructor(code: SetupCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SetupError';
    this.code = code;
  }
}
