/*
 * The requests of the ledger's installation to CouchDB. The ledger is Cascade's memory, a database in CouchDB. If
 * CouchDB refuses a request, the person who deploys reads the error, so it says what to do.
 */

import {
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
import { definedFields } from '../../core/defined-fields.ts';
import { isJsonObject, type JsonObject } from '../../core/json-fields.ts';
import { type EpochMs, instantIn, seconds } from '../../core/units.ts';

/** With whose login CouchDB is asked. The advice in errors depends on it. */
export interface Asker {
  /** The setting that has the login: of the actions, or of an administrator. */
  readonly setting: 'COUCHDB_URL' | 'COUCHDB_ADMIN_URL';
  /** Whether COUCHDB_ADMIN_URL is set. If it is not, an error may advise to set it. */
  readonly hasAdmin: boolean;
}

/** An answer with an expected status. */
export interface StoreAnswer {
  readonly status: number;
  readonly json: unknown;
  /** The JSON object of an answer with a status below 300. It is empty for another answer. */
  readonly body: JsonObject;
  /** The store's clock when it answered; absent if a proxy has removed it. */
  readonly at?: EpochMs;
}

/** A database of a CouchDB server, asked with one login. */
export interface AskedStore {
  readonly database: string;
  /**
   * Sends one request.
   *
   * @param path - below the database, such as `_security`; "" for the database itself. A path that begins with a slash,
   *   such as `/_users`, is below the server.
   * @param statuses - the answers after which the installation can go on.
   * @throws CascadeError STORE_UNAVAILABLE without a clear answer (none, a 5xx, 408 or 429); STORE_REFUSED for another
   *   status, with what to do.
   */
  ask(
    method: HttpRequest['method'],
    path: string,
    statuses: readonly number[],
    json?: object | string,
  ): Promise<StoreAnswer>;
}

/** The time limit of a request. The first query of a new index may need longer; `installIndexes` then asks again. */
const PATIENCE = seconds(15);

/** Makes the calls for a database with one login. */
export const askedStore = ({ url, database, authorization }: CouchDatabase, asker: Asker): AskedStore => ({
  database,
  async ask(method, path, statuses, json) {
    const below = path === '' ? `/${database}` : path.startsWith('/') ? path : `/${database}/${path}`;
    const headers = { ...(authorization !== undefined && { authorization }) };
    const request = { method, url: `${url}${below}`, headers, timeout: PATIENCE, ...(json !== undefined && { json }) };
    const { what, status, json: got, date } = couchAnswerOf(`${method} ${below}`, await sendOnce(request));
    const body = status < 300 && isJsonObject(got) ? got : {};
    if (statuses.includes(status)) return { status, json: got, body, ...definedFields({ at: instantIn(date) }) };
    throw new CascadeError(
      'STORE_REFUSED',
      `CouchDB answered ${status}${reasonIn(got)} to ${what}. ${adviceOn(status, got, asker)}`,
    );
  },
});

const SET_ADMINISTRATOR = 'Set COUCHDB_ADMIN_URL to the address with an administrator’s name and password.';

function adviceOn(status: number, json: unknown, { setting, hasAdmin }: Asker): string {
  if (isLockedOut(status, json)) return lockedOut(setting);
  const asksAsAdmin = setting === 'COUCHDB_ADMIN_URL';
  switch (status) {
    case 401: {
      const advice = `Check the name and password in ${setting}. ${PERCENT_ENCODING}`;
      if (!hasAdmin) return `${advice} ${SET_ADMINISTRATOR}`;
      return asksAsAdmin
        ? advice
        : `${advice} If CouchDB has that user with another password: deployment changes no password.`;
    }
    case 403:
      if (!hasAdmin) return SET_ADMINISTRATOR;
      return asksAsAdmin
        ? 'The user of COUCHDB_ADMIN_URL is no administrator of that CouchDB.'
        : 'The user of COUCHDB_URL may not do that.';
    case 409:
      return 'Somebody else changed it in the same moment: deploy again.';
    default:
      return 'Is there a CouchDB at that address?';
  }
}
