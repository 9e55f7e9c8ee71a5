// Shapes as questions, "does this point lie in it?", in a square from 0 to 1; and how they become smooth pixels.

export type Shape = (x: number, y: number) => boolean;

export interface Layer {
  /** Null takes away what lies below. */
  readonly color: Color | null;
  readonly shape: Shape;
}

export type Color = readonly [red: number, green: number, blue: number];
export type Point = readonly [x: number, y: number];

/** Points across and down in each pixel. */
const SAMPLES = 6;

/** Rows from the top, four bytes a pixel: alpha, red, green, blue, the colours not multiplied with alpha. */
export function rasterize(size: number, layers: readonly Layer[]): Uint8Array {
  const pixels = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      pixels.set(pixelAt(column, row, size, layers), (row * size + column) * 4);
    }
  }
  return pixels;
}

function pixelAt(column: number, row: number, size: number, layers: readonly Layer[]): number[] {
  let covered = 0;
  const sum = [0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const x = (column + ((sample % SAMPLES) + 0.5) / SAMPLES) / size;
    const y = (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size;
    const color = layers.findLast(({ shape }) => shape(x, y))?.color;
    if (color == null) continue;
    covered++;
    color.forEach((part, index) => (sum[index] = (sum[index] ?? 0) + part));
  }
  if (covered === 0) return [0, 0, 0, 0];
  return [Math.round((covered * 255) / SAMPLES ** 2), ...sum.map((part) => Math.round(part / covered))];
}

export function circle([centerX, centerY]: Point, radius: number): Shape {
  return (x, y) => Math.hypot(x - centerX, y - centerY) <= radius;
}

/** A line through the points, with round ends and corners. */
export function stroke(points: readonly Point[], width: number): Shape {
  const segments = points.slice(1).map((to, index) => [points[index] ?? to, to] as const);
  return (x, y) => segments.some(([from, to]) => distanceTo(from, to, x, y) <= width / 2);
}

export function anyOf(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.some((shape) => shape(x, y));
}

export function without(shape: Shape, hole: Shape): Shape {
  return (x, y) => shape(x, y) && !hole(x, y);
}

export function bothOf(one: Shape, other: Shape): Shape {
  return (x, y) => one(x, y) && other(x, y);
}

/** Between two upright edges. */
export function column(left: number, right: number): Shape {
  return (x) => x >= left && x <= right;
}

/** The points of a cubic Bézier curve. */
export function curve(from: Point, first: Point, second: Point, to: Point): readonly Point[] {
  return Array.from({ length: 9 }, (_, step) => {
    const t = step / 8;
    const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
    const mixed = (axis: 0 | 1): number =>
      [from, first, second, to].reduce((sum, point, index) => sum + point[axis] * (weights[index] ?? 0), 0);
    return [mixed(0), mixed(1)] as const;
  });
}

/** Inside of the corners, which go around clockwise. */
export function polygon(corners: readonly Point[]): Shape {
  const sides = corners.map((from, index) => [from, corners[(index + 1) % corners.length] ?? from] as const);
  return (x, y) =>
    sides.every(([[fromX, fromY], [toX, toY]]) => (toX - fromX) * (y - fromY) >= (toY - fromY) * (x - fromX));
}

function distanceTo([fromX, fromY]: Point, [toX, toY]: Point, x: number, y: number): number {
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const length = alongX ** 2 + alongY ** 2;
  const at = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - fromX) * alongX + (y - fromY) * alongY) / length));
  return Math.hypot(x - fromX - at * alongX, y - fromY - at * alongY);
}
