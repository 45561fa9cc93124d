import { type CouchAnswer, couchAnswerOf, reasonIn } from '../../clients/couchdb/couch-answer.ts';
import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import type { HttpRequest } from '../../clients/http-exchange.ts';
import { sendOnce } from '../../clients/send-once.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { seconds } from '../../core/units.ts';

/** One call to CouchDB, as the user of one URL; its path begins with a slash. */
export type AskStore = (method: HttpRequest['method'], path: string, json?: object) => Promise<CouchAnswer>;

const PATIENCE = seconds(15);

/** @throws CascadeError STORE_UNAVAILABLE where there is no answer. */
export const askerOf =
  ({ url, authorization }: CouchDatabase): AskStore =>
  async (method, path, json) => {
    const headers = { ...(authorization !== undefined && { authorization }) };
    const request = { method, url: `${url}${path}`, headers, timeout: PATIENCE, ...(json !== undefined && { json }) };
    return couchAnswerOf(`${method} ${path}`, await sendOnce(request));
  };

/**
 * An answer whose status is one of those that the installation can go on from.
 *
 * @throws CascadeError STORE_REFUSED with the store's reason and what to do.
 */
export function demand(answer: CouchAnswer, ...statuses: readonly number[]): CouchAnswer {
  const { what, status, json } = answer;
  if (statuses.includes(status)) return answer;
  const advice = ADVICE[status] ?? 'Is there a CouchDB at that address?';
  throw new CascadeError(
    'STORE_REFUSED',
    `The ledger is not installed: CouchDB answered ${status}${reasonIn(json)} to ${what}. ${advice}`,
  );
}

const NO_ADMINISTRATOR = 'Set COUCHDB_ADMIN_URL to the address with an administrator’s name and password.';
const ADVICE: Readonly<Record<number, string>> = {
  401: `Check the name and password in the URL. ${NO_ADMINISTRATOR}`,
  403: NO_ADMINISTRATOR,
  409: 'Somebody else changed it in the same moment: deploy again.',
};
