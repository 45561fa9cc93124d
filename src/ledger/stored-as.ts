/** What each document of the ledger has. The ledger is Cascade's memory in CouchDB. */
export interface StoredAs<Type extends string> {
  readonly _id: string;
  /** CouchDB's name of the document's version. */
  readonly _rev: string;
  readonly schema: 1;
  readonly type: Type;
}
