// What went wrong, as a sentence.

/** The core's own sentence where it sent one. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (message === '' || message === 'Internal server error')
    return 'Scrim could not do this; look at its messages in Live.';
  return /fetch|network/i.test(message) ? 'Scrim does not answer; start it again.' : message;
}
