import { gunzipSync } from 'node:zlib';
import type { ArchiveFile } from './unpack.ts';

const BLOCK = 512;

/** The files of a tar.gz; long names of GNU's and of POSIX's kind are read. @throws for anything that is none. */
export function* untar(archive: Buffer): Generator<ArchiveFile> {
  const tar = gunzipSync(archive);
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + BLOCK);
    const size = Number.parseInt(text(header, 124, 12), 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    const type = text(header, 156, 1);
    if (type === 'L') longName = text(content, 0, size);
    else if (type === 'x') longName = /^\d+ path=(.*)$/m.exec(content.toString())?.[1];
    else {
      if (type === '0' || type === '') yield { name: longName ?? shortName(header), content };
      longName = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function shortName(header: Buffer): string {
  const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
}

/** A field up to its first zero byte. */
const text = (bytes: Buffer, start: number, length: number): string =>
  bytes.toString('utf8', start, start + length).split('\0')[0] ?? '';
