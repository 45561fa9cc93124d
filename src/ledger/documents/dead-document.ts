import type { TenantName } from '../../core/names.ts';
import type { EpochMs } from '../../core/units.ts';

/**
 * `dead:<hash>`: an authenticated body that nobody understood, kept to be replayed after a fix.
 *
 * Invariant: it is stored before its sender is told that nobody understood it, with the body as received; the same body of
 * the same tenant is the same dead letter.
 */
export interface DeadDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'dead';
  readonly tenant: TenantName;
  /** As received; base64 where it is no UTF-8. */
  readonly body: string;
  readonly isBase64: boolean;
  readonly reason: { readonly code: string; readonly message: string };
  readonly traceId: string;
  readonly storedAt: EpochMs;
  readonly replayedAt?: EpochMs;
  /** When a person said that nothing is to become of it. */
  readonly dismissedAt?: EpochMs;
}
