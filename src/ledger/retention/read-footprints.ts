/*
 * Reads the whole ledger (Cascade's memory in CouchDB), page by page. A purge, which removes old documents, needs this:
 * of each document it remembers the footprint, the little that `planPurge` needs to decide which documents go. Commands
 * that look at the whole ledger, such as `cascade ledger`, use parts of this file, too.
 */

import type { CouchPort, StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../core/names.ts';
import { timeConstants } from '../../core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../core/units.ts';
import { readOrLog, SILENT } from '../bad-document.ts';
import type { CheckpointDocument } from '../documents/checkpoint.ts';
import type { LedgerType } from '../ledger-document.ts';
import { LEDGER_READERS, type LedgerDocument } from '../ledger-document.ts';
import { readDeployedOf } from './deployed-chains.ts';
import { type Footprint, footprintOf, unreadableFootprint } from './footprint.ts';
import { type PurgeLimits, planPurge, type Removable } from './plan-purge.ts';

/**
 * How many documents are read in one request, unless the caller says otherwise: so many that few requests are needed.
 */
const PAGE = 1_000;

/** Collects the footprints of documents, and decides which of these documents are removed. */
export class FootprintReader {
  readonly #footprints: Footprint[] = [];
  readonly #listsFrom = new Map<TenantName, EpochMs>();

  /** @param read - the document as its reader returns it; undefined if the reader refuses it. */
  add(source: StoredDocument, read: LedgerDocument | undefined): void {
    this.#footprints.push(read === undefined ? unreadableFootprint(source._id, source._rev) : footprintOf(read));
    if (!source._id.startsWith(CHECKPOINT)) return;
    // A checkpoint says how far back the sweep lists the ends of a tenant. If it cannot be read, all events of the
    // tenant stay.
    const from = read?.type === 'checkpoint' ? listsFrom(read) : (0 as EpochMs);
    this.#listsFrom.set(source._id.slice(CHECKPOINT.length) as TenantName, from);
  }

  /** Which of the added documents are removed: see `planPurge`. */
  plan(limits: Omit<PurgeLimits, 'listsFrom'>): readonly (readonly Removable[])[] {
    return planPurge(this.#footprints, { ...limits, listsFrom: this.#listsFrom });
  }
}

const CHECKPOINT = 'checkpoint:';

/**
 * The earliest end that the sweep (it runs every 5 minutes) may list again, by Qlik's clock. The checkpoint says up to
 * which end the sweep has seen all ends of a tenant (`t`), except those of some apps (`behind`). The sweep goes back to
 * the app that is furthest behind, and 15 minutes further (the overlap).
 */
function listsFrom({ t, behind = {} }: CheckpointDocument): EpochMs {
  const furthest = Math.min(t, ...Object.values(behind).map((app) => app.t));
  return (furthest - timeConstants().overlap) as EpochMs;
}

/**
 * The types in the sequence in which they are read. A `started` document says for which order (a reload that Cascade
 * owes) a reload was started. It goes if its order is not found, and it is written after its order. So `started`
 * documents are read first: then the order of each is in a page that is read later, even if actions write meanwhile.
 */
const TYPES = ['started', ...Object.keys(LEDGER_READERS).filter((type) => type !== 'started')] as readonly LedgerType[];

/**
 * Reads all documents of the types in `LEDGER_READERS`, page by page.
 *
 * @param visit - gets each document as it is stored, and as its reader returns it: undefined if the reader refuses it.
 * @param pageSize - how many documents are read in one request; 1,000 by default.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function eachLedgerDocument(
  store: Pick<CouchPort, 'range'>,
  visit: (source: StoredDocument, read: LedgerDocument | undefined, type: LedgerType) => void,
  pageSize = PAGE,
): Promise<void> {
  for (const type of TYPES) {
    const read: (document: StoredDocument) => LedgerDocument = LEDGER_READERS[type];
    for (let after: string | undefined, isMore = true; isMore; ) {
      const page = await store.range(`${type}:`, { limit: pageSize, ...(after !== undefined && { after }) });
      for (const source of page) visit(source, readOrLog<LedgerDocument>(source, read, SILENT), type);
      after = page.at(-1)?._id;
      isMore = page.length === pageSize;
    }
  }
}

/**
 * Reads the whole ledger and decides which documents are removed.
 *
 * @param pageSize - how many documents are read in one request.
 * @param limits - called after reading, because the store's clock is unknown before the store's first answer.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function readPurgePlan(
  store: Pick<CouchPort, 'range' | 'get' | 'many'>,
  pageSize: number,
  limits: () => { readonly now: EpochMs; readonly retention: DurationMs },
): Promise<readonly (readonly Removable[])[]> {
  const reader = new FootprintReader();
  await eachLedgerDocument(store, (source, read) => reader.add(source, read), pageSize);
  const deployed = await readDeployedOf(store);
  return reader.plan({ ...limits(), deployed });
}
