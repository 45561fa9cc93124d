/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. In earlier versions
 * the `_security` of a database said who may write (`writers`). Now a function `validate_doc_update` says that, as in
 * CouchDB. This file upgrades such a database.
 */

import type { Database, DatabaseEntry } from '../database.ts';
import { isTextList } from '../outside-values.ts';

/**
 * A catalogue's entry as earlier versions wrote it. If it has `writers`, only these users and administrators could
 * write.
 */
export type OldEntry = DatabaseEntry & { readonly security: { readonly writers?: unknown } };

// Deployment puts the function of the ledger (Cascade's database) in the same place.
const ACCESS = '_design/cascade-access';

/**
 * Gives a database a `validate_doc_update` that lets the same users write as `writers` did, so that the database stays
 * closed to others. A database that has a function already stays as it is: earlier versions took functions only beside
 * `writers`, and did not run them.
 */
export async function upgradeWriters(database: Database, { security: { writers } }: OldEntry): Promise<void> {
  const functions = await database.run((pouch) => database.functions.read(pouch));
  if (functions.length > 0) return;
  // `Object` makes an object even of a malformed `writers`, such as null. Then nobody but administrators may write.
  const { names, roles }: { names?: unknown; roles?: unknown } = Object(writers);
  const source = mayWrite(isTextList(names) ? names : [], isTextList(roles) ? roles : []);
  await database.write(async (pouch) => {
    // The design document may exist already, without a function.
    const { rows } = await pouch.allDocs({ keys: [ACCESS], include_docs: true });
    await pouch.put({ ...rows[0]?.doc, _id: ACCESS, language: 'javascript', validate_doc_update: source });
  });
  database.functions.forget();
}

const mayWrite = (
  names: readonly string[],
  roles: readonly string[],
): string => `function (newDoc, oldDoc, user, security) {
  function isIn(group) {
    return group.names.indexOf(user.name) !== -1 || group.roles.some(function (role) { return user.roles.indexOf(role) !== -1; });
  }
  if (user.roles.indexOf('_admin') !== -1 || isIn(security.admins) || isIn(${JSON.stringify({ names, roles })})) return;
  throw { forbidden: 'You may read this db but not write to it.' };
}`;
