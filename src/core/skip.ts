import type { On } from './link.ts';
import type { AppId, AppRef, ChainName, OrderId, ReloadId, TenantName } from './names.ts';
import type { Outcome } from './reload-finished.ts';
import type { EpochMs } from './units.ts';

/** The event: which reload of which app ended. */
interface OfEvent {
  readonly tenant: TenantName;
  readonly appId: AppId;
  readonly reloadId: ReloadId;
}
/** An event and a link after its app. `target` is the app that the link would have reloaded. */
interface OfLink extends OfEvent {
  readonly chain: ChainName;
  readonly target: { readonly tenant: TenantName; readonly appId: AppId };
}

/**
 * Why an event did not set a link off. People see skips as the answer to "why did nothing happen?": in the answer to
 * the webhook, and in `cascade why` and `cascade runs`.
 *
 * An event is a reload that ended. A link says that one app follows another; a composite link waits for several apps.
 * An order is a reload that Cascade owes because of an event.
 */
export type Skip =
  /** No link follows the app. */
  | ({ readonly reason: 'no-link' } & OfEvent)
  /** Attempt `attempt` of at most `attempts` (the first one counts, too) failed. The links wait for the next one. */
  | ({
      readonly reason: 'will-retry';
      readonly order: OrderId;
      readonly attempt: number;
      readonly attempts: number;
    } & OfEvent)
  /** The ledger (Cascade's memory) means another of Qlik's tenants by this name than the one that sent the webhook. */
  | ({ readonly reason: 'other-tenant'; readonly heardFrom: string } & OfEvent)
  /** The link waits for another outcome. */
  | ({ readonly reason: 'outcome-not-matched'; readonly on: On; readonly outcome: Outcome } & OfLink)
  /** The order for this end exists already. */
  | ({ readonly reason: 'already-ordered'; readonly order: OrderId } & OfLink)
  /** CouchDB refuses the order for its content. */
  | ({ readonly reason: 'not-stored'; readonly order: OrderId } & OfLink)
  /** The chain file says `enabled: false`. */
  | ({ readonly reason: 'paused' } & OfLink)
  /** Without a ledger a composite link cannot remember ends. */
  | ({ readonly reason: 'needs-ledger' } & OfLink)
  /** A composite link also waits for these upstreams. The end counts until `closesAt` at most. */
  | ({ readonly reason: 'waits-for'; readonly missing: readonly AppRef[]; readonly closesAt: EpochMs } & OfLink)
  /**
   * The end came to a composite link late, after later ends. `superseded`: its app has ended again, with an outcome for
   * which the link waits. `withdrawn`: with another outcome. `expired`: the other apps did not end in time. `covered`:
   * what it completes lies before a reload that was called for already. `too-late`: the link remembers only later ends.
   */
  | ({ readonly reason: 'superseded' | 'withdrawn' | 'expired' | 'covered' | 'too-late' } & OfLink)
  /** With this order, more than MAX_HOPS orders would follow one another in the run. So the run stops here. */
  | ({ readonly reason: 'too-many-hops'; readonly hops: number } & OfLink);

/** All reasons of `Skip`. */
export const SKIP_REASONS = [
  'no-link',
  'will-retry',
  'other-tenant',
  'outcome-not-matched',
  'already-ordered',
  'not-stored',
  'paused',
  'needs-ledger',
  'waits-for',
  'superseded',
  'withdrawn',
  'expired',
  'covered',
  'too-late',
  'too-many-hops',
] as const;
