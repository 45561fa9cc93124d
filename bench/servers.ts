/** A given OpenWhisk host, and the key of a namespace on it. */
export interface OpenWhiskServer {
  /** The host's origin. */
  readonly url: string;
  /** `uuid:key`. */
  readonly auth: string;
}

/** The given servers on which a benchmark must run. If one is absent, the benchmark starts its own. */
export interface Servers {
  /** A CouchDB's address, with the name and the password of its administrator. */
  readonly store?: string;
  readonly openwhisk?: OpenWhiskServer;
}

export type ServerKind = keyof Servers;
