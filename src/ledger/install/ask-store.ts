import {
  type CouchAnswer,
  couchAnswerOf,
  isLockedOut,
  lockedOut,
  PERCENT_ENCODING,
  reasonIn,
} from '../../clients/couchdb/couch-answer.ts';
import type { CouchDatabase } from '../../clients/couchdb/couch-database.ts';
import type { HttpRequest } from '../../clients/http-exchange.ts';
import { sendOnce } from '../../clients/send-once.ts';
import { CascadeError } from '../../core/cascade-error.ts';
import { seconds } from '../../core/units.ts';

/** As whom CouchDB is asked, for advice. */
export interface Asker {
  readonly setting: 'COUCHDB_URL' | 'COUCHDB_ADMIN_URL';
  /** Whether COUCHDB_ADMIN_URL is set, so that nobody is told to set it. */
  readonly hasAdmin: boolean;
}

/** An answer, and to whom. */
export interface StoreAnswer extends CouchAnswer {
  readonly asker: Asker;
}

/** One call to CouchDB, as the user of one URL; its path begins with a slash. */
export type AskStore = (method: HttpRequest['method'], path: string, json?: object) => Promise<StoreAnswer>;

const PATIENCE = seconds(15);

/** @throws CascadeError STORE_UNAVAILABLE if there is no answer. */
export const askerOf =
  ({ url, authorization }: CouchDatabase, asker: Asker): AskStore =>
  async (method, path, json) => {
    const headers = { ...(authorization !== undefined && { authorization }) };
    const request = { method, url: `${url}${path}`, headers, timeout: PATIENCE, ...(json !== undefined && { json }) };
    return { ...couchAnswerOf(`${method} ${path}`, await sendOnce(request)), asker };
  };

/**
 * An answer whose status is one of those that the installation can go on from.
 *
 * @throws CascadeError STORE_REFUSED with the store's reason and what to do.
 */
export function demand(answer: StoreAnswer, ...statuses: readonly number[]): StoreAnswer {
  const { what, status, json } = answer;
  if (statuses.includes(status)) return answer;
  throw new CascadeError(
    'STORE_REFUSED',
    `The ledger is not installed: CouchDB answered ${status}${reasonIn(json)} to ${what}. ${adviceOn(answer)}`,
  );
}

function adviceOn({ status, json, asker }: StoreAnswer): string {
  const { setting } = asker;
  if (isLockedOut(status, json)) return lockedOut(setting);
  switch (status) {
    case 401:
      return `Check the name and password in ${setting}. ${PERCENT_ENCODING}${adviceOn401(asker)}`;
    case 403:
      return adviceOn403(asker);
    case 409:
      return 'Somebody else changed it in the same moment: deploy again.';
    default:
      return 'Is there a CouchDB at that address?';
  }
}

const SET_ADMINISTRATOR = 'Set COUCHDB_ADMIN_URL to the address with an administrator’s name and password.';

function adviceOn401({ setting, hasAdmin }: Asker): string {
  if (!hasAdmin) return ` ${SET_ADMINISTRATOR}`;
  return setting === 'COUCHDB_URL' ? ' If that user is there with another password: deployment changes none.' : '';
}

function adviceOn403({ setting, hasAdmin }: Asker): string {
  if (!hasAdmin) return SET_ADMINISTRATOR;
  if (setting === 'COUCHDB_ADMIN_URL') return 'The user of COUCHDB_ADMIN_URL is no administrator of that CouchDB.';
  return 'The user of COUCHDB_URL may not do that.';
}
