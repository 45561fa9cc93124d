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

/**
 * A reload that ended: an event. Qlik reports ends by webhooks and in lists, in several forms. Cascade turns each of
 * them into this form, and works only with that.
 */
export interface ReloadFinished {
  readonly tenant: TenantName;
  readonly appId: AppId;
  /** Qlik's id of the reload. A webhook in the oldest form has none: then Cascade makes an id for each delivery. */
  readonly reloadId: ReloadId;
  readonly outcome: Outcome;
  readonly endedAt: EpochMs;
  /** When the reload was asked for, and when it began to run. Each is absent if Qlik does not say it. */
  readonly createdAt?: EpochMs;
  readonly startedAt?: EpochMs;
  /** The id of the webhook's envelope. If Qlik sends a webhook again, it has the same id. */
  readonly eventId?: string;
  /** Whether it was a partial reload. */
  readonly partial: boolean;
  /** Qlik's reload type: `hub` (by hand), `chronos` (by a schedule), `external` (by the API, as Cascade does) … */
  readonly startedBy?: string;
  /** The id of its order (a reload that Cascade owed), if Qlik gives back the `resourceId` that Cascade sent. */
  readonly orderId?: OrderId;
  /** The number of the order's attempt, from 1: the number after `~` in the `resourceId`. */
  readonly orderTry?: number;
  /** Qlik's error, if the reload failed. */
  readonly error?: Reason;
}

/** Why a webhook is ignored. */
export const IGNORED_REASONS = [
  'engine-attempt', // it has the event type that does not count here: usually that of one attempt within a reload
  'session-app', // the app was made for one session, and is not stored
  'not-in-a-chain', // no chain file names the app
  'other-event', // it is not about the end of a reload
  'too-old', // the reload ended too long ago to start anything
  'duplicate', // Cascade has the same end already
] as const;

/** A webhook from which nothing follows. */
export interface Ignored {
  readonly reason: (typeof IGNORED_REASONS)[number];
  /** The envelope's event type, if it has one. */
  readonly type?: string;
  readonly appId?: string;
  readonly reloadId?: string;
  /** For a duplicate: true if the first one is stored, and nobody has decided yet what follows it. */
  readonly isPending?: true;
}
