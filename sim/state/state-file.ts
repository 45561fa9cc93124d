/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. It can keep its
 * state in a file over restarts and crashes. This file writes and reads that file.
 */

import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as afterPresentWork } from 'node:timers/promises';

/** Thrown if the state file cannot be read, understood or written. The message names the file. */
export class StateError extends Error {}

/**
 * The file is written anew when the added lines are longer than its first line plus this many bytes. So a small state
 * is not written anew after every few changes.
 */
const ADDED_BYTES = 1_000_000;

/**
 * Reads the state in the file, and the changes after it, the oldest first; undefined if there is no file.
 *
 * @throws StateError if the file is broken, or cannot be read.
 */
export async function readStateFile(file: string): Promise<readonly StateParts[] | undefined> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new StateError(`The tenant's state cannot be read from ${file}: ${error.message}`, { cause: error });
  });
  if (content === undefined) return undefined;
  const parts = readLines(content);
  if (parts !== undefined) return parts;
  throw new StateError(
    `The tenant's state in ${file} is broken or not of this version: remove the file to start anew.`,
  );
}

/**
 * Keeps a state in a file, and writes after each change. Only one write runs at a time. If more changes come during a
 * write, the next write has all of them.
 *
 * The first write makes a new file, whose first line is the whole state. A later write adds a line with what has
 * changed. A new file replaces the old one when the added lines are longer than the first line plus a megabyte, and
 * after a write that failed.
 */
export class StateFile implements Keeper {
  readonly #file: string;
  readonly #take: () => StateParts;
  readonly #addedBytes: number;
  #changes = new StateChanges();
  /** The open file; undefined if the next write has to make a new file. */
  #handle: FileHandle | undefined;
  /** How many more bytes can be added until a new file is made. */
  #room = 0;
  /** The write that runs. */
  #present: Promise<void> | undefined;
  /** The write that follows it. */
  #next: Promise<void> | undefined;
  /** True if the last write failed: the file lacks changes. */
  #isBehind = false;
  #isClosed = false;

  constructor(file: string, take: () => StateParts, addedBytes = ADDED_BYTES) {
    this.#file = file;
    this.#take = take;
    this.#addedBytes = addedBytes;
  }

  changed(): void {
    if (this.#next !== undefined || this.#isClosed) return;
    this.#next = this.#writeAfter(this.#present);
    this.#next.catch(() => undefined); // reported by `settled` and `close`
  }

  settled(): Promise<void> | undefined {
    if (this.#isBehind) this.changed();
    return this.#next ?? this.#present;
  }

  /** Writes the last changes. After that, nothing is written. If the disk fails, that is logged on stderr. */
  async close(): Promise<void> {
    this.changed();
    this.#isClosed = true;
    await this.#next?.catch((error: unknown) =>
      console.error(`The simulated tenant could not keep its state: ${String(error)}`),
    );
    await this.#handle?.close();
  }

  async #writeAfter(present: Promise<void> | undefined): Promise<void> {
    await present?.catch(() => undefined);
    // The present work is one change. It has to be finished, so that the whole change is written.
    await afterPresentWork();
    const write = this.#write();
    this.#present = write;
    this.#next = undefined;
    try {
      await write;
    } finally {
      if (this.#present === write) this.#present = undefined;
    }
  }

  async #write(): Promise<void> {
    try {
      const parts = this.#take();
      if (this.#handle === undefined) await this.#writeAnew(parts);
      else await this.#add(parts, this.#handle);
      this.#isBehind = false;
    } catch (error) {
      // The last line may be incomplete, so the next write makes a new file.
      await this.#closeFile();
      this.#isBehind = true;
      const why = error instanceof Error ? error.message : String(error);
      throw new StateError(`The tenant's state cannot be written to ${this.#file}: ${why}`, { cause: error });
    }
  }

  /** Replaces the file in one step. After a crash there is either the whole old file or the whole new one. */
  async #writeAnew(parts: StateParts): Promise<void> {
    this.#changes = new StateChanges();
    const line = Buffer.from(this.#changes.lineOf(parts), 'utf8');
    const beside = `${this.#file}.new`;
    // The file contains keys: only its owner may read it.
    this.#handle = await open(beside, 'w', 0o600);
    await this.#handle.writeFile(line);
    await this.#handle.sync();
    await rename(beside, this.#file);
    await syncDirectory(dirname(this.#file));
    this.#room = line.length + this.#addedBytes;
  }

  async #add(parts: StateParts, handle: FileHandle): Promise<void> {
    const line = Buffer.from(this.#changes.lineOf(parts), 'utf8');
    await handle.writeFile(line);
    await handle.datasync();
    this.#room -= line.length;
    if (this.#room < 0) await this.#closeFile();
  }

  async #closeFile(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory, and need not sync it.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * A state, or a change of a state. In a change, a field replaces its old value, and records are added to the old ones.
 */
export interface StateParts {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly records: Readonly<Record<string, readonly object[]>>;
}

// A line of the file: the format, the SHA-256 of the JSON, and the JSON. The digest shows whether a crash has cut the
// line.
const FORMAT = 'simulated-tenant-1';
const LINE = new RegExp(`^${FORMAT} ([0-9a-f]{64}) (.*)$`);

/** Finds the parts of a state that were not yet written. */
class StateChanges {
  readonly #texts = new Map<string, string>();
  readonly #written = new WeakSet<object>();

  /** Makes a line of everything in `parts` that is new since the last call. */
  lineOf({ fields, records }: StateParts): string {
    const changed = Object.entries(fields).filter(([name, value]) => this.#isNew(name, JSON.stringify(value)));
    const added = Object.entries(records).map(([name, all]) => [name, all.filter((one) => this.#isAdded(one))]);
    const json = JSON.stringify({ fields: Object.fromEntries(changed), records: Object.fromEntries(added) });
    return `${FORMAT} ${digestOf(json)} ${json}\n`;
  }

  #isNew(name: string, text: string): boolean {
    const isNew = this.#texts.get(name) !== text;
    this.#texts.set(name, text);
    return isNew;
  }

  #isAdded(record: object): boolean {
    const isAdded = !this.#written.has(record);
    this.#written.add(record);
    return isAdded;
  }
}

/**
 * Reads the lines of the file; undefined if one is broken. A broken last line is ignored, because a crash may cut it.
 */
function readLines(content: string): readonly StateParts[] | undefined {
  const lines = content.split('\n');
  const parts = lines.slice(0, -1).map(readLine);
  const isLastBroken = parts.length > 1 && parts.at(-1) === undefined;
  const whole = isLastBroken ? parts.slice(0, -1) : parts;
  const known = whole.flatMap((part) => part ?? []);
  return known.length > 0 && known.length === whole.length ? known : undefined;
}

function readLine(line: string): StateParts | undefined {
  const [, digest, json = ''] = LINE.exec(line) ?? [];
  // If the digest is right, this program has written the line.
  return digest === digestOf(json) ? (JSON.parse(json) as StateParts) : undefined;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Keeps a tenant's state over restarts. */
export interface Keeper {
  /** Call this after each change that has to be kept. */
  changed(): void;
  /**
   * Resolves when all changes so far are kept, and rejects if they cannot be kept. Undefined if they are kept already.
   */
  settled(): Promise<void> | undefined;
}
