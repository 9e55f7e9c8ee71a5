// Reads a file that somebody else made: of limited size, and never waiting for the other end of a pipe.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Undefined: not there, not allowed, not a regular file, or longer than `limit` bytes. */
export async function readBounded(
  path: string,
  limit: number,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<string | undefined> {
  try {
    // Opening a named pipe without O_NONBLOCK would wait for its writer. Windows knows neither.
    const file = await open(path, constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK));
    try {
      if (!(await file.stat()).isFile()) return undefined;
      // Files of /proc say that they are empty and give a page or so per read.
      const chunks: Buffer[] = [];
      for (let length = 0; ;) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(16_384), 0, 16_384, null);
        if (bytesRead === 0) return Buffer.concat(chunks).toString(encoding);
        length += bytesRead;
        if (length > limit) return undefined;
        chunks.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
