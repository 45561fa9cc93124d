import type { CouchPort, NewDocument, StoredDocument, Written } from '../clients/couchdb/couchdb-port.ts';
import { backoff } from '../core/backoff.ts';
import { CascadeError } from '../core/cascade-error.ts';
import type { EpochMs } from '../core/units.ts';

/** How long to try again if the store gives no clear answer. */
export interface Patience {
  /** When the activation has to be over, by `now`. */
  readonly deadline: EpochMs;
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
}

/**
 * A store that repeats a call if CouchDB gives no clear answer (none, or a 5xx, for example). Actions that have time
 * use it, such as `reload`: CouchDB may be back in a few seconds, and otherwise a person or the sweep (it runs every 5
 * minutes) would have to finish their work.
 *
 * If the time or the tries are over, a call fails with STORE_UNAVAILABLE. Other errors are thrown at once. The calls
 * are those of couchdb-port.ts.
 */
export interface PatientStore {
  get(id: string): Promise<StoredDocument | undefined>;
  many(ids: readonly string[]): Promise<readonly (StoredDocument | undefined)[]>;
  bulk(documents: readonly NewDocument[]): Promise<readonly Written[]>;
  /**
   * `wasLost`: an earlier try had no clear answer. CouchDB may have stored that write, so a conflict may come from it.
   */
  put(document: NewDocument): Promise<Written & { readonly wasLost: boolean }>;
}

/** The pauses between tries double up to the longest. They begin short, because the failure may be over in a moment. */
const PAUSES = { firstMs: 200, longestMs: 5_000 };
/**
 * How long one call of the store is expected to take at most. A call is repeated only if more time than this is left of
 * the activation (one run of an action) after the pause.
 */
const CALL_MS = 10_000;

/** Makes a store patient: it repeats a call as long as the activation's time allows, and at most `mostTries` times. */
export function patient(
  store: Pick<CouchPort, keyof PatientStore>,
  { deadline, now, sleep, random }: Patience,
  mostTries = Number.POSITIVE_INFINITY,
): PatientStore {
  async function ask<T>(call: () => Promise<T>): Promise<{ readonly value: T; readonly wasLost: boolean }> {
    for (let tries = 1; ; tries += 1) {
      try {
        return { value: await call(), wasLost: tries > 1 };
      } catch (error) {
        const pauseMs = backoff(tries, PAUSES, random());
        const isHopeless = tries >= mostTries || now() + pauseMs + CALL_MS >= deadline;
        if (!isStoreSilent(error) || isHopeless) throw error;
        await sleep(pauseMs);
      }
    }
  }
  return {
    get: async (id) => (await ask(() => store.get(id))).value,
    many: async (ids) => (await ask(() => store.many(ids))).value,
    bulk: async (documents) => (await ask(() => store.bulk(documents))).value,
    async put(document) {
      const { value, wasLost } = await ask(() => store.put(document));
      return { ...value, wasLost };
    },
  };
}

/** Whether an error means that the store gave no clear answer. It may then have stored a write, or not. */
export const isStoreSilent = (error: unknown): boolean =>
  error instanceof CascadeError && error.code === 'STORE_UNAVAILABLE';
