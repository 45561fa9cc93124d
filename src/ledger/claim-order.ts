/*
 * Gives an order (a reload that Cascade owes) to one activation (one run of an action), so that Qlik is not asked twice
 * for the same reload. The action `reload` claims an order here before it sends the order's POST to Qlik. A claim has a
 * lease of 150 s. If the activation dies, another one may claim the order after the lease.
 *
 * A claimed order is in doubt: a POST may have been sent, and nobody knows whether Qlik has accepted it. It stays in
 * doubt until what came of the POST is stored.
 */

import type { CouchPort } from '../clients/couchdb/couchdb-port.ts';
import type { TimeConstants } from '../core/time-constants.ts';
import type { EpochMs } from '../core/units.ts';
import type { Doubt, OrderDocument } from './documents/order.ts';
import type { LedgerLog } from './ledger-log.ts';
import { moveOrder } from './move-order.ts';
import { hopsWithMerged } from './park-slots.ts';
import { type Patience, type PatientStore, patient } from './patient-store.ts';
import { saveOrder } from './save-order.ts';

/** What claiming needs: the store, and who claims. */
export interface ClaimPorts extends Patience {
  readonly store: Pick<CouchPort, keyof PatientStore>;
  readonly times: TimeConstants;
  /** The store's clock. */
  readonly clock: () => EpochMs;
  /** The activation's id. */
  readonly owner: string;
  readonly log: Pick<LedgerLog, 'error'>;
}

/**
 * An order that this activation has claimed. Until the claim's lease ends, no other activation sends the order's POST.
 */
export interface Claim {
  /**
   * The order as it is stored now: claimed, and in doubt. Only `hops` may be greater than in the store. Hops say how
   * many orders lead from the start of a run to an order. While this order was parked (its app was busy), other orders
   * may have merged into it: its reload serves them, too. Then `hops` is the greatest of all these orders, also if an
   * earlier activation claimed the order and died.
   */
  readonly order: OrderDocument;
  /**
   * The doubt that the order had before the claim; undefined if it had none. If no POST is sent, the order gets this
   * doubt back.
   */
  readonly oldDoubt: Doubt | undefined;
  /** The store's clock when the order was claimed. */
  readonly at: EpochMs;
}

/**
 * How often a claim is sent at most if the store gives no clear answer. After that the order waits for the sweep (it
 * runs every 5 minutes and takes up what was left undone).
 */
const CLAIM_TRIES = 3;

/**
 * Claims an order for this activation. The write names the rev (CouchDB's name of a version) that was read. So if two
 * activations claim the order at once, one of them meets a conflict.
 *
 * Invariant: a returned claim is stored, and ours. If an answer of the store was lost, `saveOrder` reads the order to
 * make sure.
 *
 * @returns undefined if somebody else changed the order first.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED; LEDGER_MALFORMED if the order became
 * malformed while an answer was lost; INTERNAL for a state that cannot be claimed. The claim may be stored all the
 * same, but the caller must send no POST.
 */
export async function claimOrder(order: OrderDocument, ports: ClaimPorts): Promise<Claim | undefined> {
  const { store, times, clock, owner, log } = ports;
  const at = clock();
  const oldDoubt = doubtOf(order);
  const next = moveOrder(
    'reload',
    order,
    'claimed',
    { at, times },
    {
      owner,
      claims: order.claims + 1,
      doubt: oldDoubt ?? { since: at },
      reason: undefined,
    },
  );
  const saved = await saveOrder(next, patient(store, ports, CLAIM_TRIES));
  if (saved.kind === 'conflict') return undefined;
  // The hops are read only now, because an order that finds this one claimed does not merge into it any more.
  const mayHaveMerged = order.state === 'parked' || order.state === 'claimed';
  const hops = mayHaveMerged ? await hopsWithMerged(saved.order, patient(store, ports), log) : order.hops;
  return { order: { ...saved.order, hops }, oldDoubt, at };
}

/**
 * The doubt of an order that is about to be claimed. If the order is claimed already, an earlier activation did not
 * finish before its lease ended, at `dueAt`. That activation may have sent the POST at any time until then. So `dueAt`
 * counts as the time of the last send.
 */
const doubtOf = ({ state, doubt, dueAt }: OrderDocument): Doubt | undefined =>
  doubt === undefined || state !== 'claimed' || dueAt === undefined ? doubt : { ...doubt, sentAt: dueAt };
