/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. The code of an action may be an archive, as Cascade's own actions are. This file unpacks it.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';

interface ArchiveFile {
  readonly name: string;
  readonly content: Buffer;
}

const GZIP = Buffer.of(0x1f, 0x8b);

/**
 * Unpacks an action's zip or tar.gz into `folder`. Returns the names of its files, without a leading `./`.
 *
 * @throws OpenWhisk's own text (a string, no Error) if that fails, for example if the archive is neither a zip nor a
 *   tar.gz, or if a file would be outside of `folder`.
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

const BLOCK = 512;

/**
 * The files of a tar.gz, also those with long names in GNU's or POSIX's form. The numbers are the offsets and lengths
 * of the fields of a tar header.
 *
 * @throws if this is no tar.gz, or if a file in it is cut off. A tar of less than 512 bytes has no files, as for GNU's
 *   tar.
 */
function* untar(archive: Buffer): Generator<ArchiveFile> {
  const tar = gunzipSync(archive);
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (checksum(header) !== Number.parseInt(text(header, 148, 8), 8)) throw new Error('This is no header of a tar.');
    const size = Number.parseInt(text(header, 124, 12), 8);
    if (at + BLOCK + size > tar.length) throw new Error('The tar is cut off.');
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    const type = text(header, 156, 1);
    if (type === 'L') longName = text(content, 0, size);
    // A POSIX header says, for example, `28 path=a/very/long/name.js`.
    else if (type === 'x') longName = /^\d+ path=(.*)$/m.exec(content.toString())?.[1];
    else {
      if (type === '0' || type === '') yield { name: longName ?? shortName(header), content };
      longName = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The sum of a header's bytes. The 8 bytes in which the header has this sum itself count as spaces. */
const checksum = (header: Buffer): number =>
  header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);

function shortName(header: Buffer): string {
  const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
}

/** A text field: its bytes up to the first zero. */
const text = (bytes: Buffer, start: number, length: number): string =>
  bytes.toString('utf8', start, start + length).split('\0')[0] ?? '';

const END_OF_DIRECTORY = Buffer.from('PK\x05\x06', 'latin1');
const DEFLATED = 8;

/**
 * The files of a zip, stored or deflated. The numbers are the offsets of the fields in the zip's directory and headers.
 *
 * @throws if this is no zip.
 */
function* unzip(archive: Buffer): Generator<ArchiveFile> {
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
