import type { NewPageDocument, OutboxDatabase, Unsent } from './outbox.ts';

/** The only store of objects in the database. */
const STORE = 'unsent';

/**
 * Opens the database of the outbox (documents that CouchDB does not have yet) in the browser's IndexedDB. It is not
 * PouchDB, because all tabs of an account write here: PouchDB counts changes in each tab by itself, so of two tabs one
 * would lose what a person did. Here a change is one transaction, and needs no count.
 *
 * @param name - the database's name in the browser.
 */
export function openOutboxDatabase(name: string): OutboxDatabase {
  const opened = openDatabase(name);
  // Tells the other tabs that something has changed. They get no message from their own channel.
  const tabs = new BroadcastChannel(name);
  const change = async (work: (store: IDBObjectStore) => void): Promise<void> => {
    const transaction = (await opened).transaction(STORE, 'readwrite');
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    work(transaction.objectStore(STORE));
    await done;
    tabs.postMessage('');
  };
  const close = async (): Promise<void> => {
    tabs.close();
    (await opened).close();
  };
  return {
    all: async () => answerTo<Unsent[]>((await opened).transaction(STORE).objectStore(STORE).getAll()),
    add: (documents: readonly NewPageDocument[]) =>
      change((store) => {
        for (const document of documents) store.add({ document });
      }),
    refuse: (unsent) =>
      change((store) => {
        const known = store.getKey(unsent.document._id);
        known.onsuccess = () => {
          if (known.result !== undefined) store.put(unsent);
        };
      }),
    drop: (id) => change((store) => store.delete(id)),
    watch(act) {
      tabs.onmessage = act;
    },
    close,
    async destroy() {
      await close();
      await answerTo(indexedDB.deleteDatabase(name));
    },
  };
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'document._id' });
  const database = await answerTo(request);
  // Another tab removes the database: as long as this one has it open, that would wait.
  database.onversionchange = () => database.close();
  return database;
}

const answerTo = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
