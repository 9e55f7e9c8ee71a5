// The tray's icon, drawn: the marks of build/icons/tray, told apart by their shape, with the number of outputs that wait.

import { badgeLayers } from './badge.ts';
import {
  anyOf,
  bothOf,
  circle,
  column,
  curve,
  polygon,
  rasterize,
  stroke,
  without,
  type Color,
  type Point,
  type Shape,
} from './shapes.ts';
import type { TrayCondition } from './tray-state.ts';

export interface Pixmap {
  /** Pixels on each side. */
  readonly size: number;
  /** Rows from the top; alpha, red, green, blue. */
  readonly argb: Uint8Array;
}

export const iconSizes = [22, 24, 32, 48] as const;

/** Of a lightness in the middle: each has a contrast of at least 3:1 to a white panel and to a dark one. */
export const iconColors = {
  on: [13, 148, 136],
  asking: [217, 119, 6],
  observing: [59, 130, 246],
  off: [127, 135, 145],
  failed: [220, 38, 38],
} as const satisfies Record<TrayCondition, Color>;

const drawn = new Map<string, readonly Pixmap[]>();

/** In every size of `iconSizes`. `pending`: 0 draws no number. */
export function iconPixmaps(state: TrayCondition, pending: number): readonly Pixmap[] {
  const key = `${state} ${Math.min(pending, 10)}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const color = iconColors[state];
  const pixmaps = iconSizes.map((size) => {
    // The number says what the question mark says.
    const shape = state === 'asking' && pending > 0 ? disc : marks[state](size);
    return { size, argb: rasterize(size, [{ color, shape }, ...badgeLayers(pending)]) };
  });
  drawn.set(key, pixmaps);
  return pixmaps;
}

/** The marks are drawn on a grid of 16. */
const unit = 1 / 16;
const at = (x: number, y: number): Point => [x * unit, y * unit];
const middle = at(8, 8);
const disc = circle(middle, 7.5 * unit);

const marks: Readonly<Record<TrayCondition, (size: number) => Shape>> = {
  /** A disc, its right half seen through the folds of a scrim. */
  on(size) {
    // Edges of folds lie between two pixels.
    const fold = (left: number, right: number): Shape =>
      column(Math.round(left * unit * size) / size, Math.round(right * unit * size) / size);
    return bothOf(disc, anyOf(fold(0, 8), fold(9, 10), fold(11, 12), fold(13, 16)));
  },
  asking: () => without(disc, question),
  observing: () => anyOf(without(lens(0.75), lens(-0.75)), circle(middle, 2.4 * unit)),
  off: () =>
    anyOf(
      without(circle(middle, 7 * unit), circle(middle, 5.5 * unit)),
      stroke([at(3.6, 12.4), at(12.4, 3.6)], 1.5 * unit),
    ),
  failed: () => without(anyOf(polygon(triangle), stroke([...triangle, at(8, 2)], 2 * unit)), exclamation),
};

const question = anyOf(
  stroke(
    [
      ...curve(at(5.6, 6.4), at(5.6, 4.8), at(6.6, 4), at(8, 4)),
      ...curve(at(8, 4), at(9.4, 4), at(10.4, 4.9), at(10.4, 6.2)),
      ...curve(at(10.4, 6.2), at(10.4, 7.6), at(8, 7.7), at(8, 9.6)),
    ],
    1.7 * unit,
  ),
  circle(at(8, 12.1), 1.05 * unit),
);
const triangle = [at(8, 2), at(14.6, 14), at(1.4, 14)];
const exclamation = anyOf(stroke([at(8, 5.8), at(8, 9.4)], 1.8 * unit), circle(at(8, 12), 1.1 * unit));

/** Where two circles overlap; `wider` by so much of the grid. */
function lens(wider: number): Shape {
  const radius = (7.504 + wider) * unit;
  return bothOf(circle(at(8, 10.704), radius), circle(at(8, 5.296), radius));
}
