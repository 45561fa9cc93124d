import type { StoredDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { definitionId } from '../../../src/core/document-ids.ts';
import { isFinal, type OrderState } from '../../../src/core/order-state.ts';
import type { StoreModel } from '../../support/store-model.ts';

type Documents = Pick<StoreModel, 'all' | 'peek'>;

/**
 * Notes to what open work refers before a purge: orders, hints, tickets, and what links that wait for several apps
 * remember.
 *
 * @returns what the purge removed of that although the work is still open and still refers to it; undefined if nothing.
 */
export function watchPurge(store: Documents): () => string | undefined {
  const before = store.all().flatMap((document) => {
    const there = referredBy(document).filter((id) => store.peek(id) !== undefined);
    return there.length === 0 ? [] : [[document._id, there] as const];
  });
  return () => {
    for (const [id, there] of before) {
      const now = store.peek(id);
      const still = new Set(now === undefined ? [] : referredBy(now));
      const lost = there.find((other) => still.has(other) && store.peek(other) === undefined);
      if (lost !== undefined) return `${id} is still open, and a purge removed ${lost}, to which it refers`;
    }
    return undefined;
  };
}

interface RememberedOrder {
  readonly order: string;
  readonly definition?: string;
  readonly lineage: { readonly cause: string; readonly others?: readonly string[]; readonly root: string };
}

/** To which ids a document refers (docs/ledger.md, “Retention”); none if it is not open. */
function referredBy(document: StoredDocument): readonly string[] {
  const tenant = String(document['tenant']);
  const isDue = document['dueAt'] !== undefined;
  const ofReload = (id: string): readonly string[] => [`event:${tenant}:${id}`, `started:${tenant}:${id}`];
  switch (document['type']) {
    case 'order': {
      if (isFinal(document['state'] as OrderState) && !isDue) return [];
      const { reloadId, ends, causes, root, into, definition } = document as unknown as OrderFields;
      const reloads = [...ends, ...[reloadId ?? []].flat()];
      const ids = [root, ...[into ?? []].flat(), ...reloads.flatMap(ofReload), ...definitionsOf(definition)];
      return [...ids, ...causes.flatMap((cause) => eventsOf(tenant, cause))];
    }
    case 'hint':
      return document['settledAt'] !== undefined && !isDue ? [] : ofReload(document._id.split(':').slice(2).join(':'));
    case 'join': {
      const { log, baseHalves, open } = document as unknown as JoinFields;
      const events = [...log, ...baseHalves].map(({ app, reloadId }) => `event:${app.split('/')[0]}:${reloadId}`);
      const ofOrders = open.flatMap(({ order, definition, lineage: { cause, others = [], root } }) => [
        ...[order, root, ...definitionsOf(definition)],
        ...[cause, ...others].flatMap((each) => eventsOf(tenant, each)),
      ]);
      return [...events, ...ofOrders];
    }
    case 'ticket':
      return typeof document['reloadId'] === 'string' ? [`event:${tenant}:${document['reloadId']}`] : [];
    default:
      return [];
  }
}

interface OrderFields {
  readonly reloadId?: string;
  readonly ends: readonly string[];
  readonly causes: readonly string[];
  readonly root: string;
  readonly into?: string;
  readonly definition?: string;
}

interface JoinFields {
  readonly log: readonly { readonly app: string; readonly reloadId: string }[];
  readonly baseHalves: JoinFields['log'];
  readonly open: readonly RememberedOrder[];
}

const definitionsOf = (hash: string | undefined): readonly string[] => (hash === undefined ? [] : [definitionId(hash)]);

/** A cause is a reload's id, after its tenant if that is another, and after `r<n>.` if a person replayed the end. */
function eventsOf(tenant: string, cause: string): readonly string[] {
  const [first, ...rest] = cause.replace(/^r\d+\./, '').split('.');
  return rest.length === 0 ? [`event:${tenant}:${first}`] : [`event:${first}:${rest.join('.')}`];
}
