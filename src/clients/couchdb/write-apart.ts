import type { NewDocument, Refused, Written } from './couchdb-port.ts';

/** A bulk request that was refused as a whole: none of its documents is stored. */
export interface RefusedBulk {
  readonly kind: 'refused-bulk';
  readonly message: string;
  /** True if a document's contents may be the reason. False if every bulk request would be refused. */
  readonly isForContents: boolean;
}

/** The outcome of a bulk write: one for each document, or the refusal of the whole request. */
export type BulkAnswer = readonly Written[] | RefusedBulk;

/** The two ways to write, each one request. */
export interface WriteOnce {
  bulk(documents: readonly NewDocument[]): Promise<BulkAnswer>;
  /** @param refusal - given if a bulk with this document alone was refused, perhaps for its contents. */
  put(document: NewDocument, refusal?: RefusedBulk): Promise<Written>;
}

/**
 * Writes documents in bulk, so that one bad document does not keep the others from being stored. CouchDB refuses a
 * whole bulk for one document that is too large or ill-formed. Then this function writes each half of the bulk as its
 * own bulk, and so on. One bad document among n costs about 2 × log2(n) + 1 further requests.
 *
 * If a proxy refuses bulk requests whatever they contain, the function writes each document by its own request.
 *
 * @returns one outcome for each document, in their order.
 */
export function writeApart(documents: readonly NewDocument[], once: WriteOnce): Promise<readonly Written[]> {
  let takesBulks = true;
  const write = async (part: readonly NewDocument[]): Promise<readonly Written[]> => {
    const [first] = part;
    if (first === undefined) return [];
    const answer = takesBulks ? await once.bulk(part) : undefined;
    if (answer !== undefined && !('kind' in answer)) return answer;
    takesBulks &&= answer?.isForContents === true;
    if (part.length > 1) {
      const half = takesBulks ? Math.ceil(part.length / 2) : 1;
      return [...(await write(part.slice(0, half))), ...(await write(part.slice(half)))];
    }
    const written = await once.put(first, answer?.isForContents ? answer : undefined);
    // A bulk with this document alone was refused. So the reason is the bulk, and not the document's contents.
    if (written.kind === 'stored') takesBulks = false;
    return [written];
  };
  return write(documents);
}

/** The refusal of a document that neither a bulk nor a `PUT` could store. */
export const refusedForGood = ({ message }: RefusedBulk): Refused => ({ kind: 'refused', message, isForGood: true });
