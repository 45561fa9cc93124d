/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. An index lets a query
 * find documents quickly. This file brings the indexes up to date, so that the next query need not wait for that.
 */

import type PouchDB from 'pouchdb-core';

/** Brings all indexes up to date. It queries each index, because PouchDB updates an index before it answers a query. */
export async function refreshIndexes(pouch: PouchDB): Promise<void> {
  const { indexes } = await pouch.getIndexes();
  for (const { ddoc, name, def } of indexes) {
    if (ddoc === null) continue;
    const fields = def.fields.flatMap((field) => Object.keys(field));
    const selector = Object.fromEntries(fields.map((field) => [field, { $gte: null }]));
    await pouch.find({ selector, use_index: [ddoc.replace('_design/', ''), name], limit: 1 });
  }
}
