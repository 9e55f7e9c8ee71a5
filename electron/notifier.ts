// What a system's notification can do for a question; one adapter for each kind of system.

export type Choice = 'allow' | 'deny' | 'review';

/** `closed`: put away without an answer, which is none. `unavailable`: it cannot be shown, let the window ask. */
export type NotificationOutcome = Choice | 'closed' | 'unavailable';

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** The buttons, in order; a click on the notification itself is `review`. */
  readonly choices: readonly Choice[];
}

export interface ShownNotice {
  /** How it ended; never rejects. It stays open for ever once it was withdrawn. */
  readonly outcome: Promise<NotificationOutcome>;
  withdraw(): void;
}

export interface Notifier {
  /** Has buttons for an answer; without, the window opens beside the notification. */
  readonly hasButtons: boolean;
  show(notice: Notice): ShownNotice;
}

export const labels: Readonly<Record<Choice, string>> = { allow: 'Allow once', deny: 'Deny', review: 'Review…' };
