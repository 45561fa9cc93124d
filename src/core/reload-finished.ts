import type { AppId, OrderId, ReloadId, TenantName } from './names.ts';
import type { EpochMs } from './units.ts';

/** Why something is as it is: a code for scripts, a sentence for people. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}

/** How a reload ended. */
export const OUTCOMES = ['succeeded', 'failed', 'canceled', 'exceeded-limit'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A reload that ended. */
export interface ReloadFinished {
  readonly tenant: TenantName;
  readonly appId: AppId;
  /**
   * Qlik's id of the reload. A webhook in the oldest form has none, so each of its deliveries gets an id that Cascade
   * makes.
   */
  readonly reloadId: ReloadId;
  readonly outcome: Outcome;
  readonly endedAt: EpochMs;
  /** When the reload was asked for, and when it began to run. Only if Qlik says so, and never later than `endedAt`. */
  readonly createdAt?: EpochMs;
  readonly startedAt?: EpochMs;
  /** The id of the webhook's envelope. If Qlik sends a webhook again, it has the same id. */
  readonly eventId?: string;
  readonly partial: boolean;
  /** Qlik's reload type: `hub`, `chronos`, `external` … */
  readonly startedBy?: string;
  /** The id of our order (a reload that Cascade owes), if Qlik gives back the `resourceId` that we sent. */
  readonly orderId?: OrderId;
  /** The number of the order's attempt, from 1: the number after `~` in the `resourceId`. */
  readonly orderTry?: number;
  readonly error?: Reason;
}

/** Why a webhook is ignored. */
export const IGNORED_REASONS = [
  'engine-attempt',
  'session-app',
  'not-in-a-chain',
  'other-event',
  'too-old',
  'duplicate',
] as const;

/** A webhook that gives no event. */
export interface Ignored {
  readonly reason: (typeof IGNORED_REASONS)[number];
  /** The envelope's event type, if it has one. */
  readonly type?: string;
  readonly appId?: string;
  readonly reloadId?: string;
  /** For a duplicate: true if the first one is stored and not yet resolved. */
  readonly isPending?: true;
}
