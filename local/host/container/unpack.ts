import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { untar } from './untar.ts';
import { unzip } from './unzip.ts';

export interface ArchiveFile {
  readonly name: string;
  readonly content: Buffer;
}

const GZIP = Buffer.of(0x1f, 0x8b);

/**
 * Unpacks an action's zip or tar.gz into `folder` and returns the names of its files, without a leading `./`.
 *
 * @throws OpenWhisk's own text for anything else, and for files that would be outside of `folder`.
 */
export function unpack(archive: Buffer, folder: string): readonly string[] {
  try {
    const files = archive.subarray(0, 2).equals(GZIP) ? untar(archive) : unzip(archive);
    return [...files].map((file) => write(file, folder));
  } catch {
    throw 'There was an error uncompressing the action archive.';
  }
}

function write({ name, content }: ArchiveFile, folder: string): string {
  const file = path.join(folder, name);
  if (!file.startsWith(folder + path.sep)) throw new Error(`${name} is outside of the archive.`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return path.relative(folder, file);
}
