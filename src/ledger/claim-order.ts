/*
 * Before the action `reload` asks Qlik to start an order (a reload that Cascade owes), it claims the order here. Only the
 * activation that has claimed the order may send its POST to Qlik. A claim ends with its lease, after 150 s, so an activation
 * that dies does not keep the order.
 *
 * A claimed order is in doubt: a POST may have been sent, and nobody knows whether Qlik has started a reload. The doubt ends
 * when a clear answer of Qlik's is stored.
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

/** An order that this activation has claimed. Until the claim's lease ends, no other activation sends the order's POST. */
export interface Claim {
  /**
   * The order as it is stored now: claimed, and in doubt. Only `hops`, the number of orders since the run's first event, may be
   * greater here. While the order was parked (its app was busy), other orders may have merged into it: its reload serves them,
   * too. Then it has the greatest hops of them all.
   */
  readonly order: OrderDocument;
  /** The doubt that the order had before the claim. If the POST is not sent, the order gets it back. */
  readonly oldDoubt: Doubt | undefined;
  /** The store's clock when it was claimed. */
  readonly at: EpochMs;
}

/** How often a claim is sent while the store does not answer. Then the order waits for the sweep, which runs every 5 minutes. */
const CLAIM_TRIES = 3;

/**
 * Claims an order for this activation. The write names the rev (CouchDB's name of a version) that was read, so only one
 * activation can claim the order.
 *
 * Invariant: a returned claim is stored, and ours. If an answer of the store was lost, `saveOrder` reads the order to
 * make sure.
 *
 * @returns undefined if another activation or a person changed the order first.
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED, DOCUMENT_REFUSED; LEDGER_MALFORMED if the order became malformed
 * while an answer was lost; INTERNAL for a state that cannot be claimed. In all these cases nothing may be posted.
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
  // Read the hops only after the claim. No order merges into a claimed one, so now they are final.
  const hops = order.state === 'parked' ? await hopsWithMerged(saved.order, patient(store, ports), log) : order.hops;
  return { order: { ...saved.order, hops }, oldDoubt, at };
}

/**
 * The doubt of an order that is about to be claimed. If the order is claimed already, an earlier activation did not finish
 * before its lease ended, at `dueAt`. That activation may have sent the POST at any time until then. So `dueAt` counts as the
 * time of the last send.
 */
const doubtOf = ({ state, doubt, dueAt }: OrderDocument): Doubt | undefined =>
  doubt === undefined || state !== 'claimed' || dueAt === undefined ? doubt : { ...doubt, sentAt: dueAt };
