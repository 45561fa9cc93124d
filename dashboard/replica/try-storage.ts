/**
 * How many characters are stored for the test: about what PouchDB writes before the first document. A device that has
 * less room is as good as full.
 */
const PROBE = 64_000;

/**
 * Finds out whether the browser lets the page store anything: it stores something and removes it. `openDesk` calls it
 * before it opens PouchDB, because PouchDB would wait for ever if the browser does not open a database, or has no room
 * in it.
 *
 * @throws DOMException if the page cannot store anything.
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
