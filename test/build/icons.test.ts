// The committed pictures are those of the drawings, and a state of the tray is told by its shape.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draw, iconFolder, pictures, trayStates, windowIcon } from '../../build/icons.ts';
import { missingProgram } from '../support/programs.ts';

const noChromium = missingProgram('/usr/bin/chromium', '--version');

describe.skipIf(noChromium !== undefined)('icons', () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium' });
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  /** The pixels of a PNG file: width, height and RGBA bytes. */
  async function pixels(png: Buffer): Promise<{ width: number; height: number; bytes: number[] }> {
    const address = `data:image/png;base64,${png.toString('base64')}`;
    const code = `(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
      context.drawImage(image, 0, 0);
      return { width, height, bytes: [...context.getImageData(0, 0, width, height).data] };
    })(${JSON.stringify(address)})`;
    return page.evaluate(code);
  }
  const committed = (file: string): Promise<Buffer> => readFile(join(iconFolder, file));
  const difference = (one: number[], other: number[]): number =>
    one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / 255 / one.length;

  test('every picture is there, in its size, and shows its drawing as it is now', async () => {
    // The large ones are the same drawing as the middle ones and only cost time.
    const checked = pictures.filter(({ size }) => size <= 128);
    const fresh = await draw(checked);
    for (const [index, { file, size }] of checked.entries()) {
      const old = await pixels(await committed(file));
      expect([file, old.width, old.height]).toEqual([file, size, size]);
      const now = await pixels(fresh[index]!);
      // Another Chromium may smooth an edge in another way; a changed drawing moves more.
      expect(difference(old.bytes, now.bytes), `${file} is not what its drawing shows: npm run icons`).toBeLessThan(
        0.01,
      );
    }
    for (const { file, size } of pictures) expect((await committed(file)).readUInt32BE(16), file).toBe(size);
  });

  test.each([16, 22, 24, 32])('the states differ in shape, not only in colour, at %i pixels', async (size) => {
    const shapes = await Promise.all(
      trayStates.map(async (state) => {
        const { bytes } = await pixels(await committed(`tray/${state}-${size}.png`));
        return bytes.filter((_, index) => index % 4 === 3);
      }),
    );
    for (const [one, a] of shapes.entries())
      for (const [other, b] of shapes.entries())
        if (one < other)
          expect(difference(a, b), `${trayStates[one]!} and ${trayStates[other]!}`).toBeGreaterThan(0.12);
  });

  test('the window shows the same mark', async () => {
    expect(await readFile(windowIcon, 'utf8')).toBe((await committed('app-small.svg')).toString('utf8'));
  });

  test('templates are black and see-through, as macOS wants them', async () => {
    for (const state of trayStates) {
      const { bytes } = await pixels(await committed(`tray/${state}Template.png`));
      expect(bytes.some((value, index) => index % 4 !== 3 && value !== 0)).toBe(false);
      expect(bytes.some((value, index) => index % 4 === 3 && value > 200)).toBe(true);
    }
  });

  test('the files for Windows and macOS hold every size, and each entry is the PNG it says', async () => {
    const windows = await committed('app.ico');
    const sizes = Array.from({ length: windows.readUInt16LE(4) }, (_, index) => {
      const entry = 6 + 16 * index;
      const offset = windows.readUInt32LE(entry + 12);
      expect(windows.subarray(offset + 1, offset + 4).toString('latin1')).toBe('PNG');
      const width = windows.readUInt32BE(offset + 16);
      expect(windows.readUInt8(entry)).toBe(width % 256);
      return width;
    });
    expect(sizes).toEqual([16, 20, 24, 32, 40, 48, 64, 128, 256]);

    const mac = await committed('app.icns');
    expect(mac.readUInt32BE(4)).toBe(mac.length);
    const types = new Map<string, number>();
    for (let at = 8; at < mac.length; at += mac.readUInt32BE(at + 4))
      types.set(mac.toString('latin1', at, at + 4), mac.readUInt32BE(at + 24));
    expect(Object.fromEntries(types)).toMatchObject({
      ic07: 128,
      ic08: 256,
      ic09: 512,
      ic10: 1024,
      ic11: 32,
      ic13: 256,
    });
  });
});
