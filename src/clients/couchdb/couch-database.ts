/** A database of a CouchDB server. */
export interface CouchDatabase {
  /** The server's address, without user, password and a slash at the end. */
  readonly url: string;
  readonly database: string;
  /** What is sent as `authorization`; absent if there is no user. */
  readonly authorization?: string;
}
