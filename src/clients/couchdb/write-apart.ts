import type { NewDocument, Refused, Written } from './couchdb-port.ts';

/** What came of a bulk write: one outcome for each document; or the request was refused whole, and nothing is stored. */
export type BulkAnswer = readonly Written[] | Refused;

/**
 * Writes a bulk. If it is refused as a whole, writes each half by itself, and so on, so that one bad document keeps back only
 * itself: for one among n at most 2 × log2(n) further requests.
 *
 * @param once - one request.
 * @returns one outcome for each document, in their order.
 */
export async function writeApart(
  documents: readonly NewDocument[],
  once: (documents: readonly NewDocument[]) => Promise<BulkAnswer>,
): Promise<readonly Written[]> {
  if (documents.length === 0) return [];
  const answer = await once(documents);
  if (!('kind' in answer)) return answer;
  if (documents.length === 1) return [answer];
  const half = Math.ceil(documents.length / 2);
  const first = await writeApart(documents.slice(0, half), once);
  return [...first, ...(await writeApart(documents.slice(half), once))];
}
