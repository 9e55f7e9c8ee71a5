// Authorities to trust besides the system's.

import { readFile } from 'node:fs/promises';
import { CoreError } from './core-error.ts';

/** Rejects with CoreError `upstream-ca`. */
export async function readCertificates(file: string | undefined): Promise<string[]> {
  if (file === undefined) return [];
  try {
    return [await readFile(file, 'utf8')];
  } catch {
    throw new CoreError('upstream-ca', `Name a readable PEM file with --upstream-ca: ${file} is not one.`);
  }
}
