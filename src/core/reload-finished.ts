import type { AppId, OrderId, ReloadId, TenantName } from './names.ts';
import type { Reason } from './reason.ts';
import type { EpochMs } from './units.ts';

/** How a reload ended. */
export const OUTCOMES = ['succeeded', 'failed', 'canceled', 'exceeded-limit'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A reload that ended, whatever envelope told us. */
export interface ReloadFinished {
  readonly tenant: TenantName;
  readonly appId: AppId;
  /** Qlik's id; for the paper's oldest form, which names none, an id of its own for each delivery. */
  readonly reloadId: ReloadId;
  readonly outcome: Outcome;
  readonly endedAt: EpochMs;
  /** The envelope's id: the same over resends. */
  readonly eventId?: string;
  readonly partial: boolean;
  /** Qlik's reload type: `hub`, `chronos`, `external` … */
  readonly startedBy?: string;
  /** What we put into `resourceId`, without its `~try`, when Qlik echoes it. */
  readonly orderId?: OrderId;
  readonly error?: Reason;
}

/** Why something told is no event of ours. */
export const IGNORED_REASONS = [
  'engine-attempt',
  'session-app',
  'not-in-a-chain',
  'other-event',
  'too-old',
  'duplicate',
] as const;

/** Something told that is no event of ours. */
export interface Ignored {
  readonly reason: (typeof IGNORED_REASONS)[number];
  /** The envelope's event type, if it has one. */
  readonly type?: string;
  readonly appId?: string;
  readonly reloadId?: string;
  /** Of a duplicate: true if what it repeats is stored and not yet worked off. */
  readonly isPending?: true;
}
