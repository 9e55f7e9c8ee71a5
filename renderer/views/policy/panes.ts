// The three faces of the policy, two of them side by side where there is room.

export type Pane = 'form' | 'yaml' | 'try';

export const paneNames = { form: 'Form', yaml: 'YAML', try: 'Test bench' } as const;

/** Where there is room for two. */
export const pairs: readonly (readonly [Pane, Pane])[] = [
  ['form', 'yaml'],
  ['form', 'try'],
  ['yaml', 'try'],
];

/** Where there is room for one: the second is the next that would be shown. */
export const singles: readonly (readonly [Pane, Pane])[] = [
  ['form', 'yaml'],
  ['yaml', 'try'],
  ['try', 'form'],
];
