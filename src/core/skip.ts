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
 * Why an event did not set a link off. An event is a reload that ended. A link says that one app reloads after another; a
 * composite link waits for several apps. An order is a reload that Cascade owes because of an event. People see skips as the
 * answer to "why did nothing happen?".
 */
export type Skip =
  | ({ readonly reason: 'no-link' } & OfEvent)
  /**
   * Another attempt of the order follows, so links wait for that attempt's end. This was attempt `attempt` of `attempts`
   * in all.
   */
  | ({
      readonly reason: 'will-retry';
      readonly order: OrderId;
      readonly attempt: number;
      readonly attempts: number;
    } & OfEvent)
  /** The reload ended in another of Qlik's tenants than the one that the ledger (Cascade's memory) means by the name. */
  | ({ readonly reason: 'other-tenant'; readonly heardFrom: string } & OfEvent)
  | ({ readonly reason: 'outcome-not-matched'; readonly on: On; readonly outcome: Outcome } & OfLink)
  | ({ readonly reason: 'already-ordered'; readonly order: OrderId } & OfLink)
  /** CouchDB refuses the order for its content. */
  | ({ readonly reason: 'not-stored'; readonly order: OrderId } & OfLink)
  | ({ readonly reason: 'paused' } & OfLink)
  /** Without a ledger a composite link cannot remember ends. */
  | ({ readonly reason: 'needs-ledger' } & OfLink)
  /** A composite link also waits for these upstreams. The end counts until `closesAt` at most. */
  | ({ readonly reason: 'waits-for'; readonly missing: readonly AppRef[]; readonly closesAt: EpochMs } & OfLink)
  /** The end came to a composite link after later ends: see `AppliedFate`. */
  | ({ readonly reason: 'superseded' | 'withdrawn' | 'expired' | 'covered' | 'too-late' } & OfLink)
  /** The order would be more than MAX_HOPS orders after the event with which its run began. */
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
