import { inflateRawSync } from 'node:zlib';
import type { ArchiveFile } from './unpack.ts';

const END_OF_DIRECTORY = Buffer.from('PK\x05\x06', 'latin1');
const DEFLATED = 8;

/** The files of a zip by its central directory, stored and deflated ones. @throws for anything that is no zip. */
export function* unzip(archive: Buffer): Generator<ArchiveFile> {
  const end = archive.lastIndexOf(END_OF_DIRECTORY);
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(start, start + archive.readUInt32LE(at + 20));
    if (!name.endsWith('/')) {
      yield { name, content: archive.readUInt16LE(at + 10) === DEFLATED ? inflateRawSync(packed) : packed };
    }
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}
