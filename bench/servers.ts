/** An OpenWhisk host of somebody's, and the key of a namespace on it. */
export interface OpenWhiskServer {
  /** Its origin. */
  readonly url: string;
  /** `uuid:key`. */
  readonly auth: string;
}

/** Servers of somebody's that a benchmark is to run on; if one is absent, it starts its own. */
export interface Servers {
  /** A CouchDB's address, with the name and the password of its administrator. */
  readonly store?: string;
  readonly openwhisk?: OpenWhiskServer;
}

export type ServerKind = keyof Servers;
