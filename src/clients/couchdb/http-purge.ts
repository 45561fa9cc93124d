import { CascadeError } from '../../core/cascade-error.ts';
import { fieldOf, isJsonObject, objectOf } from '../../core/json-fields.ts';
import type { DurationMs } from '../../core/units.ts';
import type { HttpExchange } from '../http-exchange.ts';
import { sendOnce } from '../send-once.ts';
import { type CouchAnswer, couchAnswerOf, listIn, reasonIn, writeUnavailable } from './couch-answer.ts';
import type { CouchDatabase } from './couch-database.ts';
import type { NamedRev, PurgePort } from './purge-port.ts';

/**
 * Makes the port by which old documents are removed from a database for good, over HTTP. Without that, the database of
 * the ledger (Cascade's memory) would grow for ever. `purgeLedger` decides which documents are old.
 *
 * @param admin - with an administrator's credential.
 * @param timeout - for each request.
 */
export function httpPurge({ url, database, authorization }: CouchDatabase, timeout: DurationMs): PurgePort {
  const headers = { ...(authorization !== undefined && { authorization }) };
  const send = (path: string, json: object): Promise<HttpExchange> =>
    sendOnce({ method: 'POST', url: `${url}/${encodeURIComponent(database)}/${path}`, headers, timeout, json });
  const answerOf = (path: string, sent: HttpExchange, statuses: readonly number[]): CouchAnswer => {
    const answer = couchAnswerOf(path, sent, writeUnavailable);
    if (statuses.includes(answer.status)) return answer;
    throw refused(answer);
  };
  const post = async (path: string, statuses: readonly number[], json: object): Promise<CouchAnswer> =>
    answerOf(path, await send(path, json), statuses);
  const unchangedOf = async (documents: readonly NamedRev[]): Promise<readonly NamedRev[]> => {
    const sent = await send(NOW, { keys: documents.map(idOf) });
    if (sent.kind === 'no-answer' && sent.isTooLarge === true) {
      // This one document is too large for an answer. Cascade writes no such document, so this one stays.
      if (documents.length === 1) return [];
      const half = Math.ceil(documents.length / 2);
      return [...(await unchangedOf(documents.slice(0, half))), ...(await unchangedOf(documents.slice(half)))];
    }
    const rows = listIn(answerOf('_all_docs', sent, [200]).json, 'rows');
    return documents.filter((document, index) => isUnchanged(document, rows?.[index]));
  };
  return {
    async purge(documents) {
      const unchanged = documents.length === 0 ? [] : await unchangedOf(documents);
      if (unchanged.length === 0) return [];
      const revs = Object.fromEntries(unchanged.map(({ _id, _rev }) => [_id, [_rev]]));
      // 202: some nodes of a cluster have not removed the documents yet. They will.
      const { json } = await post('_purge', [201, 202], revs);
      const purged = isJsonObject(json) ? objectOf(json, 'purged') : {};
      return unchanged.map(idOf).filter((id) => (listIn(purged, id) ?? []).length > 0);
    },
    async compact() {
      await post('_compact', [202], {});
    },
  };
}

/** The path of a request for the documents as they are now, with their conflicts. */
const NOW = '_all_docs?include_docs=true&conflicts=true';

const idOf = ({ _id }: NamedRev): string => _id;

/**
 * Whether a document still has the rev (CouchDB's name of a version) that was read, and no conflict. A conflict is a
 * second rev, which CouchDB hides behind the first. If the purge removed the first, CouchDB would show the second,
 * which may have unfinished work.
 */
function isUnchanged({ _rev }: NamedRev, row: unknown): boolean {
  const document = isJsonObject(row) ? objectOf(row, 'doc') : {};
  return fieldOf(document, '_rev') === _rev && fieldOf(document, '_conflicts') === undefined;
}

function refused({ what, status, json }: CouchAnswer): CascadeError {
  const advice =
    status === 401 || status === 403
      ? 'Only an administrator may purge: set COUCHDB_ADMIN_URL to the address with an administrator’s name and password.'
      : 'Check COUCHDB_ADMIN_URL and COUCHDB_DATABASE.';
  return new CascadeError('STORE_REFUSED', `CouchDB answered ${status}${reasonIn(json)} to ${what}. ${advice}`);
}
