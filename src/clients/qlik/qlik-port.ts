import type { ReloadBody } from '../../core/link.ts';
import type { AppId, ReloadId } from '../../core/names.ts';
import type { DurationMs, EpochMs } from '../../core/units.ts';

/** What a tenant is asked to start. */
export interface StartRequest {
  readonly appId: AppId;
  readonly body: ReloadBody;
  /** `<order id>~<try>`: Qlik gives it back in the record and the event. */
  readonly resourceId: string;
}

/** The part of Qlik's reload record that Cascade reads. */
export interface ReloadRecord {
  readonly id: ReloadId;
  /** Qlik's word: `QUEUED`, `RELOADING` … */
  readonly status: string;
  readonly type: string;
  readonly userId: string;
  readonly partial: boolean;
  readonly createdAt: EpochMs;
  readonly resourceId?: string;
}

/** A tenant's answer to `POST /reloads`, sorted by what can be done about it (qlik-cloud.md §2.5). */
export type StartAnswer =
  | { readonly kind: 'started'; readonly reloadId: ReloadId; readonly status: string }
  /** The same call will be refused again. */
  | { readonly kind: 'permanent'; readonly code: 'QLIK_REFUSED' | 'QLIK_UNAUTHORIZED'; readonly message: string }
  /** Served again after so long. */
  | {
      readonly kind: 'wait';
      readonly code: 'QLIK_RATE_LIMITED' | 'QLIK_QUOTA';
      readonly retryAfter: DurationMs;
      readonly message: string;
    }
  /** A reload of this app is pending: ours was neither queued nor merged. */
  | { readonly kind: 'busy'; readonly message: string }
  /** No answer or a 5xx: it may have been accepted. */
  | { readonly kind: 'unknown'; readonly message: string };

/** An app's newest reloads, or that they could not be had. */
export type ListAnswer =
  | {
      readonly kind: 'listed';
      readonly reloads: readonly ReloadRecord[];
      /** The tenant's own clock when it answered; absent where it does not tell. */
      readonly tenantNow?: EpochMs;
    }
  | { readonly kind: 'unavailable'; readonly message: string };

/** What `reload` needs of a tenant. No call outlives its `timeout`: when it settles, nothing is in flight. */
export interface QlikPort {
  startReload(request: StartRequest, timeout: DurationMs): Promise<StartAnswer>;
  listReloads(appId: AppId, timeout: DurationMs): Promise<ListAnswer>;
  /** The id of the user that the credential stands for; undefined where it could not be had. */
  ownUserId(timeout: DurationMs): Promise<string | undefined>;
}
