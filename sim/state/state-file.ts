import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as afterPresentWork } from 'node:timers/promises';
import type { Keeper } from './keeper.ts';

/** A state that cannot be read, understood or written; the message names its file. */
export class StateError extends Error {}

const FORMAT = 'simulated-tenant-1';

/** The text that `write` was given last; undefined if there is no such file. @throws StateError if it is broken */
export async function readStateFile(file: string): Promise<string | undefined> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new StateError(`The tenant's state cannot be read from ${file}: ${error.message}`, { cause: error });
  });
  if (content === undefined) return undefined;
  const end = content.indexOf('\n');
  const text = content.slice(end + 1);
  if (end === -1 || content.slice(0, end) !== headOf(text)) {
    throw new StateError(
      `The tenant's state in ${file} is broken or not of this version: remove the file to start anew.`,
    );
  }
  return text;
}

/** Writes what `take` gives into a file after each change, one write at a time: what changes meanwhile goes with the next. */
export class StateFile implements Keeper {
  readonly #file: string;
  readonly #take: () => string;
  /** The write under way, and the one to come. */
  #present: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #isBehind = false;
  #isClosed = false;

  constructor(file: string, take: () => string) {
    this.#file = file;
    this.#take = take;
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
    await this.#next?.catch((error: unknown) => console.error('The simulated tenant could not keep its state:', error));
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
      this.#isBehind = false;
    } catch (error) {
      this.#isBehind = true;
      throw error;
    } finally {
      if (this.#present === write) this.#present = undefined;
    }
  }

  async #write(): Promise<void> {
    const text = this.#take();
    await writeSynced(this.#file, text).catch((error: NodeJS.ErrnoException) => {
      throw new StateError(`The tenant's state cannot be written to ${this.#file}: ${error.message}`, { cause: error });
    });
  }
}

function headOf(text: string): string {
  return `${FORMAT} sha256=${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

/** All of the old or all of the new, whenever the process or the machine ends. The file has keys in it: it is for its owner alone. */
async function writeSynced(file: string, text: string): Promise<void> {
  const beside = `${file}.new`;
  const handle = await open(beside, 'w', 0o600);
  try {
    await handle.writeFile(`${headOf(text)}\n${text}`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  await syncDirectory(dirname(file));
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
