import type { NewDocument, Refused, Written } from './couchdb-port.ts';

/** A bulk request that was refused as a whole: nothing of it is stored. */
export interface RefusedBulk {
  readonly kind: 'refused-bulk';
  readonly message: string;
  /** Whether the documents' contents may be the reason; otherwise the request is. */
  readonly isForContents: boolean;
}

/** The outcome of a bulk write: one for each document, or the refusal of the whole request. */
export type BulkAnswer = readonly Written[] | RefusedBulk;

/** The two ways to write, each one request. */
export interface WriteOnce {
  bulk(documents: readonly NewDocument[]): Promise<BulkAnswer>;
  /** @param refusal - of the bulk with this document alone, if its contents may be the reason. */
  put(document: NewDocument, refusal?: RefusedBulk): Promise<Written>;
}

/**
 * Writes a bulk. If its contents are refused, it writes each half alone, and so on: one bad document among n costs at most
 * 2 × log2(n) + 1 further requests, and holds back no other. If bulks themselves are refused, as by a proxy, it writes each
 * document alone.
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
    if (written.kind === 'stored') takesBulks = false;
    return [written];
  };
  return write(documents);
}

/** The refusal of a document that neither a bulk nor a request of its own could store. */
export const refusedForGood = ({ message }: RefusedBulk): Refused => ({ kind: 'refused', message, isForGood: true });
