import type { CouchPort, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { cappedStored } from '../../src/core/cap-end.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { EventFact, OrderFact } from '../../src/core/runs/facts.ts';
import { SKIP_REASONS } from '../../src/core/skip.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { readEvent } from '../../src/ledger/documents/event.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';

const PAGE = 1_000;
/** What is read of one kind at most: a few hundred megabytes would otherwise be read to print twenty lines. */
export const MOST_DOCUMENTS = 50_000;

/** Documents of one kind. */
export interface Documents<T> {
  readonly found: readonly T[];
  /** The ids of those that are not what Cascade writes. */
  readonly malformed: readonly string[];
  /** True if there are more than were read. */
  readonly isCut: boolean;
}

/**
 * Reads the documents whose ids begin with `prefix`, page by page; one that is malformed is named and left out.
 *
 * @param most - how many are read at most.
 */
export async function readDocuments<T>(
  store: Pick<CouchPort, 'range'>,
  prefix: string,
  read: (document: StoredDocument) => T,
  most = MOST_DOCUMENTS,
): Promise<Documents<T>> {
  const found: T[] = [];
  const malformed: string[] = [];
  for (let after: string | undefined, count = 0; ; ) {
    const limit = Math.min(PAGE, most - count);
    const page = await store.range(prefix, { limit, ...(after === undefined ? {} : { after }) });
    for (const document of page) {
      const one = unlessMalformed(document, read);
      if (one === undefined) malformed.push(document._id);
      else found.push(one);
    }
    count += page.length;
    after = page.at(-1)?._id;
    if (page.length < limit) return { found, malformed, isCut: false };
    if (count >= most) return { found, malformed, isCut: await hasMore(store, prefix, after) };
  }
}

async function hasMore(store: Pick<CouchPort, 'range'>, prefix: string, after: string | undefined): Promise<boolean> {
  const next = await store.range(prefix, { limit: 1, ...(after === undefined ? {} : { after }) });
  return next.length > 0;
}

/** A document as `read` sees it; undefined if it is not what Cascade writes. */
export function unlessMalformed<T>(document: StoredDocument, read: (document: StoredDocument) => T): T | undefined {
  try {
    return read(document);
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'LEDGER_MALFORMED') return undefined;
    throw error;
  }
}

/** An order's document for people. */
export const orderFact = (document: StoredDocument): OrderFact => readOrder(document);

const SKIPS: ReadonlySet<unknown> = new Set(SKIP_REASONS);

/** Whoever reads what was stored long ago knows no better bound than when. */
const LATER = Number.POSITIVE_INFINITY as EpochMs;

/** An event's document for people; skips of reasons that this version does not know are left out. */
export function eventFact(document: StoredDocument): EventFact {
  const stored = readEvent(document);
  // An earlier version believed times in the future; such an end would stay the newest for as long.
  const event = cappedStored(stored, stored.storedAt, LATER);
  const { skips } = event;
  if (skips === undefined) return event;
  return { ...event, skips: Array.isArray(skips) ? skips.filter((skip) => SKIPS.has(skip?.reason)) : [] };
}
