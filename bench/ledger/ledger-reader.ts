/** A document of the ledger as it is stored. */
export interface FoundDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly [field: string]: unknown;
}

/** Looks at the ledger from outside, by CouchDB's own routes. */
export interface LedgerReader {
  /** The number of the last change. Every write increases it. */
  sequence(): Promise<string>;
  /** All documents whose ids begin with `prefix`. */
  documents(prefix: string): Promise<readonly FoundDocument[]>;
  /** How many documents still have a `dueAt`, so that their work is not done. */
  due(): Promise<number>;
}

export interface LedgerAddress {
  readonly url: string;
  readonly database: string;
  readonly name: string;
  readonly password: string;
}

/** Reads the ledger as a user that may do so. */
export function ledgerReader({ url, database, name, password }: LedgerAddress): LedgerReader {
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/${database}${path}`, { headers: { authorization } });
    if (!response.ok) throw new Error(`The store answered ${response.status} to ${path}: ${await response.text()}`);
    return response.json();
  };
  const documents = async (prefix: string): Promise<readonly FoundDocument[]> => {
    const bounds = { startkey: prefix, endkey: `${prefix}\ufff0`, include_docs: true };
    const query = Object.entries(bounds).map(([key, value]) => `${key}=${encodeURIComponent(JSON.stringify(value))}`);
    const { rows } = (await get(`/_all_docs?${query.join('&')}`)) as { rows: readonly { doc: FoundDocument }[] };
    return rows.map(({ doc }) => doc);
  };
  return {
    async sequence() {
      // Only the number counts. CouchDB adds a text that says nothing of the progress.
      return String(((await get('')) as { update_seq: unknown }).update_seq).split('-')[0] ?? '';
    },
    documents,
    async due() {
      return (await documents('')).filter(({ dueAt }) => dueAt !== undefined).length;
    },
  };
}
