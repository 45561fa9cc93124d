/**
 * Whether a real CouchDB takes a document's text (db-ours-06): it refuses half of a surrogate pair. `JSON.stringify` writes
 * each half as an escape, and a whole pair as itself.
 */
export const isStorable = (document: object): boolean => !/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(document));
