import type { AppId, TenantName } from '../../core/names.ts';
import type { Outcome } from '../../core/reload-finished.ts';
import type { EpochMs } from '../../core/units.ts';

/** What an engine attempt, or the paper's form, told. */
export interface ToldAttempt {
  readonly outcome: Outcome;
  /** Qlik's time where it was told, else when it was received. */
  readonly endedAt: EpochMs;
  readonly partial: boolean;
  /** The engine's reload id; absent in the paper's form. */
  readonly reloadId?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What a hint may come to. */
export const SETTLED_AS = ['event', 'covered', 'other-tenant'] as const;

/**
 * `hint:<tenant>:<reloadId or x.activation>`: something told that must be settled by asking Qlik.
 *
 * Invariant: it is stored before its sender gets a 2xx, and stays due until an event, or nothing, has followed from it.
 */
export interface HintDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'hint';
  readonly tenant: TenantName;
  readonly appId: AppId;
  readonly told: ToldAttempt;
  readonly traceId: string;
  readonly storedAt: EpochMs;
  /** As of an event. */
  readonly heardFrom?: string;
  /** The store's clock when Qlik first had no request for it. */
  readonly absentAt?: EpochMs;
  readonly settledAt?: EpochMs;
  /** What it came to. */
  readonly settledAs?: (typeof SETTLED_AS)[number];
  readonly dueAt?: EpochMs;
}
