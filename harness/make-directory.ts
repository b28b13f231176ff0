// plumbing: directories that are made where they are missing
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it; one that is there is left as it is. It stands in for mkdirSync with `recursive`, which
 * never returns where the host says ENOENT of a directory whose parent exists, as it does below /proc.
 * @param make makes one directory, whose parent exists
 * @throws the host's error
 */
export function makeDirectory(path: string, make: (path: string) => void = mkdirSync): void {
  const above = dirname(path);
  if (above !== path && !existsSync(above)) makeDirectory(above, make);
  try {
    make(path);
  } catch (error) {
    // It was there, or somebody else has made it meanwhile.
    if (!existsSync(path) || !statSync(path).isDirectory()) throw error;
  }
}
