import { describe, expect, test } from 'vitest';
import { iconColors, iconPixmaps, iconSizes, type Pixmap } from '../../src/tray/icon.ts';
import type { TrayCondition } from '../../src/tray/tray-state.ts';

const states = Object.keys(iconColors) as TrayCondition[];
const icons = states.flatMap((state) => [0, 1, 5, 9, 10].map((pending) => [state, pending] as const));

const alphaOf = ({ argb }: Pixmap): number[] => [...argb].filter((_, index) => index % 4 === 0);
const inSize = (state: TrayCondition, pending: number, size: number): Pixmap => {
  const found = iconPixmaps(state, pending).find((pixmap) => pixmap.size === size);
  if (found === undefined) throw new Error(`No icon of ${size} pixels.`);
  return found;
};
/** How much of all that either covers only one covers. */
function difference(one: readonly number[], other: readonly number[]): number {
  const apart = one.reduce((sum, alpha, index) => sum + Math.abs(alpha - (other[index] ?? 0)), 0);
  const together = one.reduce((sum, alpha, index) => sum + Math.max(alpha, other[index] ?? 0), 0);
  return apart / together;
}

describe('the icon', () => {
  test.each(icons)('%s with %i waiting: whole pixels in every size', (state, pending) => {
    expect(iconPixmaps(state, pending).map(({ size }) => size)).toEqual([...iconSizes]);
    for (const { size, argb } of iconPixmaps(state, pending)) {
      expect(argb).toHaveLength(size * size * 4);
      const alpha = alphaOf({ size, argb });
      // Something is drawn, smooth at its edges, and not a filled square.
      expect(alpha.filter((each) => each === 255).length).toBeGreaterThan(size * size * 0.1);
      expect(alpha.some((each) => each > 0 && each < 255)).toBe(true);
      expect([alpha[0], alpha[size - 1]]).toEqual([0, 0]);
      for (const [index, each] of alpha.entries())
        if (each === 0) expect([...argb.subarray(index * 4, index * 4 + 4)]).toEqual([0, 0, 0, 0]);
    }
  });

  test('states differ by shape, not only by colour, in every size', () => {
    for (const size of iconSizes)
      for (const one of states)
        for (const other of states)
          if (one !== other)
            expect(difference(alphaOf(inSize(one, 0, size)), alphaOf(inSize(other, 0, size)))).toBeGreaterThan(0.15);
  });

  test('each number looks different; above nine it is 9+', () => {
    for (const size of iconSizes) {
      const looks = Array.from({ length: 10 }, (_, n) =>
        Buffer.from(inSize('asking', n + 1, size).argb).toString('hex'),
      );
      expect(new Set(looks).size).toBe(10);
      expect(inSize('asking', 250, size).argb).toEqual(inSize('asking', 10, size).argb);
    }
  });

  test.each(states)('%s is seen on a white panel and on a dark one', (state) => {
    // WCAG 2.2, 1.4.11: graphics need 3:1.
    expect(contrast(iconColors[state], [255, 255, 255])).toBeGreaterThanOrEqual(3);
    expect(contrast(iconColors[state], [40, 40, 40])).toBeGreaterThanOrEqual(3);
  });
});

type Rgb = readonly [number, number, number];

function contrast(one: Rgb, other: Rgb): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const linear = part / 255;
    return linear <= 0.040_45 ? linear / 12.92 : ((linear + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
