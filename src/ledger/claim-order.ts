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
  /** The activation's id: no other has it. */
  readonly owner: string;
  readonly log: Pick<LedgerLog, 'error'>;
}

/** An order that this activation has claimed: until its lease ends nobody else sends its POST. */
export interface Claim {
  /** As it is stored: claimed, in doubt from before any POST of this claim. */
  readonly order: OrderDocument;
  /** The doubt that it had before; a claim that comes to nothing leaves it as it was. */
  readonly oldDoubt: Doubt | undefined;
  /** The store's clock when it was claimed. */
  readonly at: EpochMs;
}

/** A claim that is not stored after so many tries is left to the sweep. */
const CLAIM_TRIES = 3;

/**
 * Claims an order by its rev; undefined if somebody else was quicker.
 *
 * Invariant: what it returns is stored, and ours. A claim whose answer was lost is ours only once the store showed it.
 *
 * @throws CascadeError STORE_UNAVAILABLE: then nothing may be posted.
 */
export async function claimOrder(order: OrderDocument, ports: ClaimPorts): Promise<Claim | undefined> {
  const { store, times, clock, owner, log } = ports;
  const at = clock();
  const next = moveOrder(
    'reload',
    order,
    'claimed',
    { at, times },
    {
      owner,
      claims: order.claims + 1,
      doubt: order.doubt ?? { since: at },
      reason: undefined,
    },
  );
  const saved = await saveOrder(next, patient(store, ports, CLAIM_TRIES));
  if (saved.kind === 'conflict') return undefined;
  // Read after the claim: from now on nobody merges into it.
  const hops = order.state === 'parked' ? await hopsWithMerged(saved.order, patient(store, ports), log) : order.hops;
  return { order: { ...saved.order, hops }, oldDoubt: order.doubt, at };
}
