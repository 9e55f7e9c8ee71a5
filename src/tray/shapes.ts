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
const SAMPLES = 4;

/** Rows from the top, four bytes a pixel: alpha, red, green, blue, the colours not multiplied with alpha. */
export function rasterize(size: number, layers: readonly Layer[]): Uint8Array {
  const pixels = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      drawPixel(pixels, row, column, size, layers);
    }
  }
  return pixels;
}

/** The topmost layer at each sample counts. Plain sums: this runs while traffic waits. */
function drawPixel(pixels: Uint8Array, row: number, column: number, size: number, layers: readonly Layer[]): void {
  let [covered, red, green, blue] = [0, 0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const x = (column + ((sample % SAMPLES) + 0.5) / SAMPLES) / size;
    const y = (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size;
    let top = layers.length - 1;
    while (top >= 0 && layers[top]?.shape(x, y) === false) top--;
    const color = layers[top]?.color;
    if (color == null) continue;
    covered++;
    red += color[0];
    green += color[1];
    blue += color[2];
  }
  if (covered === 0) return;
  const at = (row * size + column) * 4;
  pixels[at] = Math.round((covered * 255) / SAMPLES ** 2);
  pixels[at + 1] = Math.round(red / covered);
  pixels[at + 2] = Math.round(green / covered);
  pixels[at + 3] = Math.round(blue / covered);
}

export function circle([centerX, centerY]: Point, radius: number): Shape {
  return (x, y) => (x - centerX) ** 2 + (y - centerY) ** 2 <= radius ** 2;
}

/** A line through the points, with round ends and corners. */
export function stroke(points: readonly Point[], width: number): Shape {
  const reach = width / 2;
  const segments = points.slice(1).map((to, index) => [points[index] ?? to, to] as const);
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis] ?? 0)) - reach);
  const [right, bottom] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis] ?? 0)) + reach);
  return (x, y) =>
    x >= (left ?? 0) &&
    x <= (right ?? 1) &&
    y >= (top ?? 0) &&
    y <= (bottom ?? 1) &&
    segments.some(([from, to]) => squaredDistance(from, to, x, y) <= reach ** 2);
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

function squaredDistance([fromX, fromY]: Point, [toX, toY]: Point, x: number, y: number): number {
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const length = alongX ** 2 + alongY ** 2;
  const at = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - fromX) * alongX + (y - fromY) * alongY) / length));
  return (x - fromX - at * alongX) ** 2 + (y - fromY - at * alongY) ** 2;
}
