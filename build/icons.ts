// npm run icons: every icon in every size from the drawings in build/icons/. What comes out is committed, so that building
// and packaging need no browser; test/build/icons.test.ts fails when a drawing has changed and its pictures have not.

import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { icns, ico } from './icons/containers.ts';

export const iconFolder = join(import.meta.dirname, 'icons');
export const trayStates = ['on', 'asking', 'observing', 'off', 'failed'] as const;

/** The window's own copy, in its head and its tab: the drawing for small sizes. */
export const windowIcon = join(import.meta.dirname, '../renderer/public/icon.svg');

/** One picture: `size` in pixels; `ink` replaces the drawing's own colour; `margin` is left free, in parts of the size. */
export interface Picture {
  readonly file: string;
  readonly drawing: string;
  readonly size: number;
  readonly ink?: string;
  readonly margin?: number;
}

const app = (size: number): string => (size <= 48 ? 'app-small.svg' : 'app.svg');
const appSizes = [16, 24, 32, 48, 64, 128, 256, 512];
const windowsSizes = [16, 20, 24, 32, 40, 48, 64, 128, 256];
const windowsTraySizes = [16, 20, 24, 32];
const macSizes = [16, 32, 64, 128, 256, 512, 1024];
// Apple's grid: the tile takes 824 of 1024.
const macMargin = 100 / 1024;

/** The committed pictures. */
export const pictures: readonly Picture[] = [
  ...appSizes.map((size) => ({ file: `png/${size}x${size}.png`, drawing: app(size), size })),
  // Apart: the icon folders of Linux know no such size.
  { file: 'app-1024.png', drawing: 'app.svg', size: 1024 },
  ...trayStates.flatMap((state) => {
    const drawing = `tray/${state}.svg`;
    return [
      ...[16, 22, 24, 32].flatMap((size) => [
        { file: `tray/${state}-${size}.png`, drawing, size },
        { file: `tray/${state}-${size}@2x.png`, drawing, size: size * 2 },
      ]),
      // macOS colours a template itself: black and see-through only.
      { file: `tray/${state}Template.png`, drawing, size: 16, ink: '#000000' },
      { file: `tray/${state}Template@2x.png`, drawing, size: 32, ink: '#000000' },
      // One colour, for panels that want no other: white on dark ones, near black on light ones.
      { file: `tray/${state}-white.png`, drawing, size: 22, ink: '#ffffff' },
      { file: `tray/${state}-white@2x.png`, drawing, size: 44, ink: '#ffffff' },
      { file: `tray/${state}-black.png`, drawing, size: 22, ink: '#1b1b1b' },
      { file: `tray/${state}-black@2x.png`, drawing, size: 44, ink: '#1b1b1b' },
    ];
  }),
];

/** Draws pictures, as PNG files in their order. */
export async function draw(wanted: readonly Picture[]): Promise<Buffer[]> {
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium' });
  try {
    const page = await browser.newPage();
    const drawn: Buffer[] = [];
    for (const { drawing, size, ink, margin = 0 } of wanted) {
      const source = await readFile(join(iconFolder, drawing), 'utf8');
      const svg = ink === undefined ? source : source.replace(/color="#[0-9a-f]{6}"/, `color="${ink}"`);
      const address = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
      // The browser's code as text: its types (canvas, image) are not those of this folder.
      const png = (await page.evaluate(`(async (address, size, margin) => {
        const image = new Image(size - 2 * margin, size - 2 * margin);
        image.src = address;
        await image.decode();
        const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
        canvas.getContext('2d').drawImage(image, margin, margin, size - 2 * margin, size - 2 * margin);
        return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
      })(${JSON.stringify(address)}, ${size}, ${Math.round(margin * size)})`)) as string;
      drawn.push(Buffer.from(png, 'base64'));
    }
    return drawn;
  } finally {
    await browser.close();
  }
}

if (import.meta.main) {
  const write = async (file: string, bytes: Buffer): Promise<void> => {
    const path = join(iconFolder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  };
  const sized = async (sizes: readonly number[], drawing: (size: number) => string, margin = 0) => {
    const drawn = await draw(sizes.map((size) => ({ file: '', drawing: drawing(size), size, margin })));
    return drawn.map((png, index) => ({ size: sizes[index] ?? 0, png }));
  };
  const drawn = await draw(pictures);
  for (const [index, { file }] of pictures.entries()) await write(file, drawn[index] ?? Buffer.alloc(0));
  await write('app.ico', ico(await sized(windowsSizes, app)));
  await write('app.icns', icns(await sized(macSizes, app, macMargin)));
  for (const state of trayStates)
    await write(`tray/${state}.ico`, ico(await sized(windowsTraySizes, () => `tray/${state}.svg`)));
  await copyFile(join(iconFolder, 'app-small.svg'), windowIcon);
  process.stdout.write(
    `${pictures.length} pictures, app.ico, app.icns and ${trayStates.length} tray icons for Windows.\n`,
  );
}
