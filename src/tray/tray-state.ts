// What the tray shows, and what a click on it may do.

/** `asking`: an output is held. `observing`: everything passes. `off`: no traffic passes through. `failed`: see the window. */
export type TrayCondition = 'on' | 'asking' | 'observing' | 'off' | 'failed';

export interface TrayQuestion {
  readonly id: string;
  /** One line of masked words, fit to be shown. */
  readonly label: string;
}

export interface TrayState {
  readonly state: TrayCondition;
  /** Outputs that wait for an answer. */
  readonly pending: number;
  /** The newest first; a few of them. */
  readonly newest: readonly TrayQuestion[];
  /** Milliseconds since the Unix epoch; null: not paused. */
  readonly pausedUntil: number | null;
}

/** A place in the window. `pause/15`: the page on which a person confirms a pause of 15 minutes. */
export type TrayScreen = 'home' | 'approvals' | `approvals/${string}` | `pause/${number}`;

/**
 * SECURITY: nothing here answers a question or turns protection off, whoever presses it: the first is done in the window
 * only, and so is a pause.
 */
export interface TrayActions {
  open(screen: TrayScreen): void;
  /** Ends a pause. */
  resume(): void;
  stop(): void;
}
