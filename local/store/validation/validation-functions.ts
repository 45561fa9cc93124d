/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. A design document may
 * have a function `validate_doc_update`, which can refuse a write. This file keeps the functions of a database, so that
 * not each write has to read them.
 */

import type PouchDB from 'pouchdb-core';
import { ValidationFunction } from './validation-function.ts';

const FIRST = '_design/';
const LAST = '_design/\uffff';

/** The `validate_doc_update` functions of a database, read again after a design document may have changed. */
export class ValidationFunctions {
  #functions: Promise<readonly ValidationFunction[]> | undefined;

  /**
   * All functions of the database: a write needs the consent of each.
   *
   * @throws PouchDB's error if the design documents cannot be read.
   */
  async read(pouch: PouchDB): Promise<readonly ValidationFunction[]> {
    this.#functions ??= readFunctions(pouch);
    const functions = this.#functions;
    try {
      return await functions;
    } catch (error) {
      if (this.#functions === functions) this.forget();
      throw error;
    }
  }

  /** Forgets the functions. Call this after each write that may have changed a design document. */
  forget(): void {
    this.#functions = undefined;
  }
}

async function readFunctions(pouch: PouchDB): Promise<readonly ValidationFunction[]> {
  const { rows } = await pouch.allDocs({ startkey: FIRST, endkey: LAST, include_docs: true });
  return rows.flatMap(({ doc }) => {
    const source = doc?.['validate_doc_update'];
    return doc && typeof source === 'string' ? [new ValidationFunction({ ...doc, validate_doc_update: source })] : [];
  });
}
