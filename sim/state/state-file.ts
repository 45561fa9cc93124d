import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as afterPresentWork } from 'node:timers/promises';

/** A state that cannot be read, understood or written; the message names its file. */
export class StateError extends Error {}

/** What may be added to the file before it is written anew, beside as much again as it had then. */
const ADDED_BYTES = 1_000_000;

/** What was written, the oldest first; undefined if there is no such file. @throws StateError if it is broken */
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
 * Writes a state into a file after each change, one write at a time: what changes meanwhile goes with the next. All of it
 * goes into a new file in the place of the old one; then what changes is added, until that is more than the state itself.
 */
export class StateFile implements Keeper {
  readonly #file: string;
  readonly #take: () => StateParts;
  readonly #addedBytes: number;
  #changes = new StateChanges();
  /** What is added to; undefined if the file has to be written anew. */
  #handle: FileHandle | undefined;
  /** Bytes that may still be added. */
  #room = 0;
  /** The write under way, and the one to come. */
  #present: Promise<void> | undefined;
  #next: Promise<void> | undefined;
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
    this.#next.catch(() => undefined); // whoever waits is told
  }

  settled(): Promise<void> | undefined {
    if (this.#isBehind) this.changed();
    return this.#next ?? this.#present;
  }

  /** Writes what changed last, and nothing any more; a disk that refuses is told on stderr. */
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
    // The present work is one change: what is taken must not be half of it.
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
      // What is at the end of the file is not known.
      await this.#letGo();
      this.#isBehind = true;
      const why = error instanceof Error ? error.message : String(error);
      throw new StateError(`The tenant's state cannot be written to ${this.#file}: ${why}`, { cause: error });
    }
  }

  /** All of the old or all of the new, whenever the process or the machine ends. */
  async #writeAnew(parts: StateParts): Promise<void> {
    this.#changes = new StateChanges();
    const line = Buffer.from(this.#changes.lineOf(parts), 'utf8');
    const beside = `${this.#file}.new`;
    // It has keys in it: it is for its owner alone.
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
    if (this.#room < 0) await this.#letGo();
  }

  async #letGo(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => undefined);
  }
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directories, and needs no sync of them.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A state, or what changed of it: fields are replaced as a whole, records never change and are added. */
export interface StateParts {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly records: Readonly<Record<string, readonly object[]>>;
}

const FORMAT = 'simulated-tenant-1';

/** Knows what was written, and finds what was not. */
export class StateChanges {
  readonly #texts = new Map<string, string>();
  readonly #written = new WeakSet<object>();

  /** A line with what is new in `parts` since the last call: the first time all of it. */
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

/** The lines of a file, as far as they are whole: the last one may be half written, any other not; undefined if one is. */
export function readLines(content: string): readonly StateParts[] | undefined {
  const lines = content.split('\n');
  const parts = lines.slice(0, -1).map(readLine);
  const isLastBroken = parts.length > 1 && parts.at(-1) === undefined;
  const whole = isLastBroken ? parts.slice(0, -1) : parts;
  const known = whole.flatMap((part) => part ?? []);
  return known.length > 0 && known.length === whole.length ? known : undefined;
}

function readLine(line: string): StateParts | undefined {
  const [, digest, json = ''] = /^simulated-tenant-1 ([0-9a-f]{64}) (.*)$/.exec(line) ?? [];
  // What has its digest is what we wrote.
  return digest === digestOf(json) ? (JSON.parse(json) as StateParts) : undefined;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Keeps a tenant's state over restarts. A tenant without one has none of these calls made. */
export interface Keeper {
  /** Something changed that has to be kept. */
  changed(): void;
  /** Resolves when all that changed so far is kept, undefined if it is already; rejects if it cannot be. */
  settled(): Promise<void> | undefined;
}
