/** A database of a CouchDB server, and how to log in. The settings give it, and the clients of CouchDB take it. */
export interface CouchDatabase {
  /** The server's address, without user, password and a slash at the end. */
  readonly url: string;
  readonly database: string;
  /** What is sent as `authorization`; absent if there is no user. */
  readonly authorization?: string;
}
