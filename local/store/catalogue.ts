/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. This file keeps the
 * catalogue: the list of the store's databases. On disk the catalogue is the file `store.json`, and each database has a
 * folder of its own.
 */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Database, type DatabaseEntry } from './database.ts';
import { writeFileSynced } from './level/disk.ts';
import { CLOSED, readSecurity, type Security } from './security.ts';
import { noDatabase, StoreError } from './store-error.ts';
import { type OldEntry, upgradeWriters } from './validation/upgrade-writers.ts';

interface CatalogueFile {
  /** 32 hex digits. It stays the same as long as the directory exists. */
  readonly uuid: string;
  readonly databases: readonly OldEntry[];
}

const USERS = '_users';
// The names of the databases' folders, such as `0f3a9b1c2d4e5f60`. `#removeUnlisted` leaves a folder with a name of
// another form alone, because somebody else made it.
const FOLDER = /^[0-9a-f]{16}$/;

/** The databases of one store. Without a directory everything is in memory, and is lost when the store ends. */
export class Catalogue {
  readonly uuid: string;
  readonly #directory: string | undefined;
  readonly #now: () => number;
  readonly #databases = new Map<string, Database>();
  readonly #creating = new Set<string>();
  #saving: Promise<void> = Promise.resolve();

  /**
   * Opens the databases in `directory`, and creates `_users` if it is missing. If a crash left a half-created or
   * half-deleted database, this removes the rest.
   *
   * @throws if the catalogue or `_users` cannot be read or written.
   */
  static async open(directory: string | undefined, now: () => number): Promise<Catalogue> {
    const file = directory === undefined ? undefined : await readCatalogue(directory);
    const catalogue = new Catalogue(directory, file?.uuid ?? randomBytes(16).toString('hex'), now);
    for (const entry of file?.databases ?? []) catalogue.#add(entry);
    if (directory !== undefined) await catalogue.#removeUnlisted(directory);
    if (!catalogue.#databases.has(USERS)) await catalogue.create(USERS);
    // This throws if `_users` cannot be read. Then no user could log in, so the store does not start.
    await catalogue.users().run((pouch) => pouch.info());
    await catalogue.#upgrade(file?.databases ?? []);
    return catalogue;
  }

  private constructor(directory: string | undefined, uuid: string, now: () => number) {
    this.#directory = directory;
    this.uuid = uuid;
    this.#now = now;
  }

  names(): readonly string[] {
    return [...this.#databases.keys()].sort();
  }

  has(name: string): boolean {
    return this.#databases.has(name);
  }

  /**
   * The database with this name.
   *
   * @throws StoreError 404 if there is none.
   */
  get(name: string): Database {
    const database = this.#databases.get(name);
    if (database === undefined) throw noDatabase();
    return database;
  }

  users(): Database {
    return this.get(USERS);
  }

  /**
   * Creates a database.
   *
   * @throws StoreError 412 if the database exists, or is just being created; what the disk throws.
   */
  async create(name: string): Promise<void> {
    if (this.#databases.has(name) || this.#creating.has(name)) {
      throw new StoreError(412, 'The database could not be created, the file already exists.');
    }
    this.#creating.add(name);
    try {
      const folder = randomBytes(8).toString('hex');
      if (this.#directory !== undefined)
        await mkdir(path.join(this.#directory, 'databases', folder), { recursive: true });
      const database = this.#add({ name, folder, instanceStartTime: String(this.#now()), security: CLOSED });
      await this.#save(async () => {
        this.#databases.delete(name);
        await database.close();
      });
    } finally {
      this.#creating.delete(name);
    }
  }

  /**
   * Deletes a database: first its entry in the catalogue, then its files.
   *
   * @throws StoreError 404 if there is none; what the disk throws.
   */
  async delete(name: string): Promise<void> {
    const database = this.get(name);
    this.#databases.delete(name);
    await this.#save(() => this.#databases.set(name, database));
    await database.close();
    if (this.#directory !== undefined) await rm(path.dirname(database.location), { recursive: true, force: true });
  }

  /**
   * Stores who may do what in a database.
   *
   * @throws StoreError 404 if there is none; what the disk throws.
   */
  async setSecurity(name: string, security: Security): Promise<void> {
    const database = this.get(name);
    const before = database.entry;
    database.entry = { ...before, security };
    await this.#save(() => {
      database.entry = before;
    });
  }

  async close(): Promise<void> {
    await this.#saving;
    await Promise.all([...this.#databases.values()].map((database) => database.close()));
  }

  #add(entry: DatabaseEntry): Database {
    const isInMemory = this.#directory === undefined;
    // PouchDB needs a different name for each database in memory. The random name of the folder serves for that.
    const location = isInMemory ? entry.folder : path.join(this.#directory ?? '', 'databases', entry.folder, 'data');
    const database = new Database(entry, location, isInMemory);
    this.#databases.set(entry.name, database);
    return database;
  }

  /**
   * Writes the catalogue into its file. Only one save runs at a time. A save writes what the catalogue contains when
   * the save begins.
   *
   * @param undo - takes the change back if the save fails.
   */
  async #save(undo: () => unknown): Promise<void> {
    const saved = this.#saving.then(async () => {
      if (this.#directory === undefined) return;
      const databases = [...this.#databases.values()].map(({ entry }) => entry);
      const content: CatalogueFile = { uuid: this.uuid, databases };
      await writeFileSynced(catalogueFile(this.#directory), `${JSON.stringify(content, undefined, 2)}\n`);
    });
    this.#saving = saved.catch(() => {});
    try {
      await saved;
    } catch (error) {
      await undo();
      throw error;
    }
  }

  /**
   * In an earlier version `_security` said who may write (`writers`). Now a validation function says that. This gives
   * such a database the function (`upgradeWriters`), and removes `writers`.
   */
  async #upgrade(entries: readonly OldEntry[]): Promise<void> {
    for (const entry of entries.filter(({ security }) => security.writers !== undefined)) {
      await upgradeWriters(this.get(entry.name), entry);
      await this.setSecurity(entry.name, readSecurity({ ...entry.security }));
    }
  }

  /** Removes the folders of databases that are not in the catalogue. A crash has left them. */
  async #removeUnlisted(directory: string): Promise<void> {
    const folder = path.join(directory, 'databases');
    await mkdir(folder, { recursive: true });
    const known = new Set([...this.#databases.values()].map(({ entry }) => entry.folder));
    for (const found of await readdir(folder)) {
      if (FOLDER.test(found) && !known.has(found)) await rm(path.join(folder, found), { recursive: true, force: true });
    }
  }
}

const catalogueFile = (directory: string): string => path.join(directory, 'store.json');

async function readCatalogue(directory: string): Promise<CatalogueFile | undefined> {
  const text = await readFile(catalogueFile(directory), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as CatalogueFile);
}
