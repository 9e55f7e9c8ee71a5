// The number on the tray's icon: 1 to 9, and 9+ for more.

import { anyOf, circle, stroke, type Color, type Layer, type Point, type Shape } from './shapes.ts';

const fill: Color = [201, 32, 40];
const ink: Color = [255, 255, 255];

/** Lines as a pen draws them, corner by corner, in a box from 0 to 1 across and 0 to 2 down. */
const strokes: Readonly<Record<string, readonly string[]>> = {
  1: ['0.15 0.45, 0.6 0, 0.6 2'],
  2: ['0 0.45, 0.15 0.12, 0.5 0, 0.85 0.12, 1 0.5, 0.85 0.95, 0 2, 1 2'],
  3: ['0 0.2, 0.45 0, 0.85 0.12, 0.97 0.5, 0.8 0.85, 0.4 0.97, 0.85 1.1, 1 1.5, 0.85 1.88, 0.45 2, 0 1.8'],
  4: ['0.75 2, 0.75 0, 0 1.4, 1.05 1.4'],
  5: ['0.95 0, 0.12 0, 0.06 0.9, 0.5 0.75, 0.9 0.92, 1 1.35, 0.87 1.82, 0.45 2, 0 1.82'],
  6: [
    '0.85 0.05, 0.35 0.3, 0.05 0.95, 0 1.4, 0.15 1.85, 0.5 2, 0.87 1.85, 1 1.4, 0.87 0.98, 0.5 0.82, 0.15 0.98, 0.02 1.3',
  ],
  7: ['0 0, 1 0, 0.38 2'],
  8: [
    '0.5 0, 0.85 0.12, 0.95 0.48, 0.82 0.82, 0.5 0.95, 0.18 0.82, 0.05 0.48, 0.15 0.12, 0.5 0',
    '0.5 0.95, 0.87 1.1, 1 1.48, 0.87 1.87, 0.5 2, 0.13 1.87, 0 1.48, 0.13 1.1, 0.5 0.95',
  ],
  9: [
    '0.15 1.95, 0.65 1.7, 0.95 1.05, 1 0.6, 0.85 0.15, 0.5 0, 0.13 0.15, 0 0.6, 0.13 1.02, 0.5 1.18, 0.85 1.02, 0.98 0.7',
  ],
  '+': ['0.5 0.6, 0.5 1.5', '0.05 1.05, 0.95 1.05'],
};

const radius = 0.31;
const right = 1 - radius;
const middle = 1 - radius;
/** Of the transparent line around it. */
const gap = 0.06;

/** Nothing where nothing waits. */
export function badgeLayers(pending: number): readonly Layer[] {
  if (pending <= 0) return [];
  const isMany = pending > 9;
  const left = isMany ? right - 0.2 : right;
  const round = (size: number): Shape =>
    stroke(
      [
        [left, middle],
        [right, middle],
      ],
      2 * size,
    );
  const digits = isMany
    ? anyOf(glyph('9', left - 0.06, 0.19, 0.085), glyph('+', right + 0.04, 0.19, 0.085))
    : glyph(String(pending), right, 0.2, 0.095);
  return [
    { color: null, shape: round(radius + gap) },
    { color: fill, shape: left === right ? circle([right, middle], radius) : round(radius) },
    { color: ink, shape: digits },
  ];
}

/** `width`: of the digit; it is twice as high. `pen`: of its lines. */
function glyph(digit: string, centerX: number, width: number, pen: number): Shape {
  const place = (corner: string): Point => {
    const [x = 0, y = 0] = corner.split(' ').map(Number);
    return [centerX + (x - 0.5) * width, middle + (y - 1) * width];
  };
  return anyOf(...(strokes[digit] ?? []).map((line) => stroke(line.split(', ').map(place), pen)));
}
