import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';

/**
 * Writes documents into an installed ledger. A document that is already there stays as it is, as a deployment may have
 * written the definition of the chains.
 *
 * @param couchdbUrl - the store's address with an administrator's user and password.
 */
export async function writeDocuments(couchdbUrl: string, documents: readonly NewDocument[]): Promise<void> {
  const { origin, username, password } = new URL(couchdbUrl);
  const response = await fetch(`${origin}/cascade/_bulk_docs`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ docs: documents }),
  });
  const rows = (await response.json()) as readonly { readonly error?: string; readonly id?: string }[];
  const wrong = response.ok ? rows.filter(({ error }) => error !== undefined && error !== 'conflict') : rows;
  if (!response.ok || wrong.length > 0) throw new Error(`The store answered ${JSON.stringify(wrong)}`);
}
