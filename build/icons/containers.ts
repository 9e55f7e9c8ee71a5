// ICO and ICNS: tables of contents around PNG files. Windows reads PNG in icons since Vista, macOS since 10.7.

export interface SizedPng {
  readonly size: number;
  readonly png: Buffer;
}

/** A Windows icon. Format: https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) */
export function ico(images: readonly SizedPng[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  for (const [index, { size, png }] of images.entries()) {
    const entry = 6 + 16 * index;
    // 0 stands for 256.
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

// Types that take PNG: points, and the same pixels as @2x of half the points.
const icnsTypes: Readonly<Record<number, readonly string[]>> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['icp6', 'ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

/** A macOS icon. Format: https://en.wikipedia.org/wiki/Apple_Icon_Image_format */
export function icns(images: readonly SizedPng[]): Buffer {
  const parts = images.flatMap(({ size, png }) =>
    (icnsTypes[size] ?? []).map((type) => {
      const head = Buffer.alloc(8, type, 'latin1');
      head.writeUInt32BE(8 + png.length, 4);
      return Buffer.concat([head, png]);
    }),
  );
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8, 'icns', 'latin1');
  head.writeUInt32BE(8 + body.length, 4);
  return Buffer.concat([head, body]);
}
