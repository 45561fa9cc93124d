import type { CouchPort, StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import type { TenantName } from '../../core/names.ts';
import { timeConstants } from '../../core/time-constants.ts';
import type { DurationMs, EpochMs } from '../../core/units.ts';
import { readOrLog } from '../bad-document.ts';
import type { CheckpointDocument } from '../documents/checkpoint.ts';
import type { LedgerType } from '../ledger-document.ts';
import { LEDGER_READERS, type LedgerDocument } from '../ledger-document.ts';
import { type Footprint, footprintOf, unreadableFootprint } from './footprint.ts';
import { type PurgeLimits, planPurge, type Removable } from './plan-purge.ts';

const PAGE = 1_000;
const SILENT = { error: () => {} };

/** Collects what retention needs of the ledger's documents. */
export class FootprintReader {
  readonly #footprints: Footprint[] = [];
  readonly #listsFrom = new Map<TenantName, EpochMs>();

  /** @param read - the document as its reader sees it; undefined if it cannot be read. */
  add(source: StoredDocument, read: LedgerDocument | undefined): void {
    this.#footprints.push(read === undefined ? unreadableFootprint(source._id, source._rev) : footprintOf(read));
    if (!source._id.startsWith(CHECKPOINT)) return;
    const from = read?.type === 'checkpoint' ? listsFrom(read) : (0 as EpochMs);
    this.#listsFrom.set(source._id.slice(CHECKPOINT.length) as TenantName, from);
  }

  /** What may go, of all that was added: see `planPurge`. */
  plan(limits: Omit<PurgeLimits, 'listsFrom'>): readonly (readonly Removable[])[] {
    return planPurge(this.#footprints, { ...limits, listsFrom: this.#listsFrom });
  }
}

const CHECKPOINT = 'checkpoint:';

/** A bad checkpoint does not say how far back the sweep lists: everything of its tenant stays. */
function listsFrom({ t, behind = {} }: CheckpointDocument): EpochMs {
  const furthest = Math.min(t, ...Object.values(behind).map((app) => app.t));
  return (furthest - timeConstants().overlap) as EpochMs;
}

/**
 * Reads every document of the ledger, page by page.
 *
 * @param visit - gets each document: as it is stored, and as its reader sees it (undefined if it cannot be read).
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function eachLedgerDocument(
  store: Pick<CouchPort, 'range'>,
  visit: (source: StoredDocument, read: LedgerDocument | undefined, type: LedgerType) => void,
): Promise<void> {
  for (const [type, read] of Object.entries(LEDGER_READERS) as [LedgerType, (typeof LEDGER_READERS)[LedgerType]][]) {
    for (let after: string | undefined, isMore = true; isMore; ) {
      const page = await store.range(`${type}:`, { limit: PAGE, ...(after !== undefined && { after }) });
      for (const source of page) visit(source, readOrLog<LedgerDocument>(source, read, SILENT), type);
      after = page.at(-1)?._id;
      isMore = page.length === PAGE;
    }
  }
}

/** Reads the whole ledger, and decides what may go. @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED. */
export async function readPurgePlan(
  store: Pick<CouchPort, 'range'>,
  limits: () => { readonly now: EpochMs; readonly retention: DurationMs },
): Promise<readonly (readonly Removable[])[]> {
  const reader = new FootprintReader();
  await eachLedgerDocument(store, (source, read) => reader.add(source, read));
  return reader.plan(limits());
}
