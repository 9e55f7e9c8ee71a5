// The scale of the charts.

/** The next of 2, 4, 6, 8, 10, 20, 40, …: halves of it are whole. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 0;
  for (let power = 1; ; power *= 10)
    for (const step of [2, 4, 6, 8, 10]) if (step * power >= value) return step * power;
}
