// What a check of packages found, line by line.

export interface Line {
  /** `skipped`: this machine lacks something; `note`: cannot be checked on any machine of this kind. */
  readonly state: 'ok' | 'failed' | 'skipped' | 'note';
  readonly text: string;
}

/** Takes lines as they are found. */
export type Report = (line: Line) => void;

/** Says what was checked: good when there is no complaint. */
export function tell(report: Report, checked: string, complaints: readonly string[]): void {
  if (complaints.length === 0) report({ state: 'ok', text: checked });
  for (const complaint of complaints.slice(0, 10)) report({ state: 'failed', text: `${checked}: ${complaint}` });
  if (complaints.length > 10) report({ state: 'failed', text: `${checked}: and ${complaints.length - 10} more` });
}
