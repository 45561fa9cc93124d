/** About what PouchDB writes before the first document, in characters: what has less room than this is as good as full. */
const PROBE = 64_000;

/**
 * Stores something on this device and removes it. PouchDB would wait for ever for a database that the browser does not open, or
 * in which it cannot write.
 *
 * @throws DOMException if the browser does not let the page store anything, or if there is no room.
 */
export const tryStorage = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const name = 'cascade-probe';
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore(name).put(name.padEnd(PROBE), name);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.close();
      indexedDB.deleteDatabase(name);
      resolve();
    };
  });
