import type { On } from './link.ts';
import type { AppId, AppRef, ChainName, OrderId, ReloadId, TenantName } from './names.ts';
import type { Outcome } from './reload-finished.ts';
import type { EpochMs } from './units.ts';

interface OfEvent {
  readonly tenant: TenantName;
  readonly appId: AppId;
  readonly reloadId: ReloadId;
}
interface OfLink extends OfEvent {
  readonly chain: ChainName;
  readonly target: { readonly tenant: TenantName; readonly appId: AppId };
}

/** Why an event did not set a link off. */
export type Skip =
  | ({ readonly reason: 'no-link' } & OfEvent)
  /** Its order is started again, so what follows the app looks at a later end: attempt `attempt` of `attempts` in all. */
  | ({
      readonly reason: 'will-retry';
      readonly order: OrderId;
      readonly attempt: number;
      readonly attempts: number;
    } & OfEvent)
  /** It ended in another tenant than the one that the ledger means by the name. */
  | ({ readonly reason: 'other-tenant'; readonly heardFrom: string } & OfEvent)
  | ({ readonly reason: 'outcome-not-matched'; readonly on: On; readonly outcome: Outcome } & OfLink)
  | ({ readonly reason: 'already-ordered'; readonly order: OrderId } & OfLink)
  /** CouchDB refuses the order for its content. */
  | ({ readonly reason: 'not-stored'; readonly order: OrderId } & OfLink)
  | ({ readonly reason: 'paused' } & OfLink)
  /** A composite link has no memory without a ledger. */
  | ({ readonly reason: 'needs-ledger' } & OfLink)
  /** A composite link waits for these upstreams, too; the end counts until `closesAt` at most. */
  | ({ readonly reason: 'waits-for'; readonly missing: readonly AppRef[]; readonly closesAt: EpochMs } & OfLink)
  /** An end that is older than others that a composite link knows: see `AppliedFate`. */
  | ({ readonly reason: 'superseded' | 'withdrawn' | 'expired' | 'covered' | 'too-late' } & OfLink)
  /** The order would be further than MAX_HOPS from the event at the root of its run. */
  | ({ readonly reason: 'too-many-hops'; readonly hops: number } & OfLink);

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
