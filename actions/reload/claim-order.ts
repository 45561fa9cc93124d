import type { EpochMs } from '../../src/core/units.ts';
import type { Doubt, OrderDocument } from '../../src/ledger/documents/order-document.ts';
import { moveOrder } from '../../src/ledger/move-order.ts';
import { hopsWithMerged } from '../../src/ledger/park-slots.ts';
import { saveOrder } from '../../src/ledger/save-order.ts';
import { type Run, whenOf } from './run-of.ts';

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
 * Claims an order by its rev; undefined where somebody else was quicker.
 *
 * Invariant: what it returns is stored, and ours. A claim whose answer was lost is ours only once the store showed it.
 *
 * @throws CascadeError STORE_UNAVAILABLE: then nothing may be posted.
 */
export async function claimOrder(order: OrderDocument, run: Run): Promise<Claim | undefined> {
  const when = whenOf(run);
  const next = moveOrder('reload', order, 'claimed', when, {
    owner: run.owner,
    claims: order.claims + 1,
    doubt: order.doubt ?? { since: when.at },
    reason: undefined,
  });
  const saved = await saveOrder(next, run.store, run, CLAIM_TRIES);
  if (saved.kind === 'conflict') return undefined;
  // Read after the claim: from now on nobody merges into it.
  const hops = order.state === 'parked' ? await hopsWithMerged(saved.order, run.store, run) : order.hops;
  return { order: { ...saved.order, hops }, oldDoubt: order.doubt, at: when.at };
}
