import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as afterPresentWork } from 'node:timers/promises';

/** The state file cannot be read, understood or written; the message names the file. */
export class StateError extends Error {}

/** The file is rewritten when more was added than its first line plus this many bytes. */
const ADDED_BYTES = 1_000_000;

/** The states and changes in the file, the oldest first; undefined if there is no such file. @throws StateError if the file is broken */
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
 * Writes a state into a file after each change, one write at a time; the next write has all that changed meanwhile. The
 * first write makes a new file with the whole state. Later ones add lines with the changes, until these are longer than
 * the state; then a new file replaces the old one.
 */
export class StateFile implements Keeper {
  readonly #file: string;
  readonly #take: () => StateParts;
  readonly #addedBytes: number;
  #changes = new StateChanges();
  /** The open file; undefined if it has to be rewritten. */
  #handle: FileHandle | undefined;
  /** How many bytes may be added before the file is rewritten. */
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
    this.#next.catch(() => undefined); // reported by `settled` and `close`
  }

  settled(): Promise<void> | undefined {
    if (this.#isBehind) this.changed();
    return this.#next ?? this.#present;
  }

  /** Writes the last changes, and nothing after that; logs on stderr if the disk fails. */
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
    // The present work is one change, which must be written whole.
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

  /** Replaces the file in one step: after a crash it is the old one or the new one. */
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

/** A state, or a change of it. A field replaces its former value; records never change, new ones are added. */
export interface StateParts {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly records: Readonly<Record<string, readonly object[]>>;
}

const FORMAT = 'simulated-tenant-1';
const LINE = new RegExp(`^${FORMAT} ([0-9a-f]{64}) (.*)$`);

/** Finds the parts of a state that are not written yet. */
class StateChanges {
  readonly #texts = new Map<string, string>();
  readonly #written = new WeakSet<object>();

  /** A line with all of `parts` that is new since the last call. */
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

/** The content of the lines; undefined if one is broken. A broken last line is ignored: a crash cut it. */
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
  // A line with the right digest is a line that we wrote.
  return digest === digestOf(json) ? (JSON.parse(json) as StateParts) : undefined;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Keeps a tenant's state over restarts. */
export interface Keeper {
  /** To be called after each change that has to be kept. */
  changed(): void;
  /** Resolves when all changes so far are kept; undefined if they are already. Rejects if they cannot be kept. */
  settled(): Promise<void> | undefined;
}
