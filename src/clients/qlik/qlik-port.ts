/*
 * This file says what Cascade needs from a tenant of Qlik Cloud, and how Qlik may answer. The actions `reload`, which
 * starts reloads, and `collector`, which finds ended reloads, use it. http-qlik.ts does it over HTTP.
 */

import type { ReloadBody } from '../../core/link.ts';
import type { AppId, ReloadId } from '../../core/names.ts';
import type { Reason } from '../../core/reload-finished.ts';
import type { DurationMs, EpochMs } from '../../core/units.ts';

/** Which reload a tenant is to start. */
export interface StartRequest {
  readonly appId: AppId;
  readonly body: ReloadBody;
  /**
   * `<order id>~<number of the attempt>`; an order is a reload that Cascade owes. Some tenants give this text back in
   * the reload's record, and in the webhook about its end.
   */
  readonly resourceId: string;
}

/** The part of Qlik's reload record that Cascade reads. */
export interface ReloadRecord {
  readonly id: ReloadId;
  /** In Qlik's words: `QUEUED`, `RELOADING` … */
  readonly status: string;
  readonly type: string;
  readonly userId: string;
  readonly partial: boolean;
  readonly createdAt: EpochMs;
  readonly resourceId?: string;
  readonly appId: AppId;
  /** Absent while the reload is queued. */
  readonly startedAt?: EpochMs;
  /** Absent while the reload is queued or runs. */
  readonly endedAt?: EpochMs;
  readonly error?: Reason;
}

/** A tenant's answer to `POST /reloads`, sorted by what Cascade can do next. */
export type StartAnswer =
  | { readonly kind: 'started'; readonly reloadId: ReloadId; readonly status: string }
  /** The tenant would refuse the same call again, until a person changes something. */
  | { readonly kind: 'permanent'; readonly code: 'QLIK_REFUSED' | 'QLIK_UNAUTHORIZED'; readonly message: string }
  /** The same call may succeed after `retryAfter`. With QLIK_UNREACHABLE nothing was sent. */
  | {
      readonly kind: 'wait';
      readonly code: 'QLIK_RATE_LIMITED' | 'QLIK_QUOTA' | 'QLIK_UNREACHABLE';
      readonly retryAfter: DurationMs;
      readonly message: string;
    }
  /** Another reload of this app is pending. Qlik neither queued this one nor merged the two. */
  | { readonly kind: 'busy'; readonly message: string }
  /** No clear answer, such as none at all or a 5xx: Qlik may have accepted the reload. */
  | { readonly kind: 'unknown'; readonly message: string };

/** An app's newest reloads, at most 100, or why they could not be read. */
export type ListAnswer =
  | {
      readonly kind: 'listed';
      readonly reloads: readonly ReloadRecord[];
      /** The tenant's own clock when it answered; absent if it does not say. */
      readonly tenantNow?: EpochMs;
    }
  | { readonly kind: 'unavailable'; readonly message: string };

/** One reload by its id. */
export type GetAnswer =
  | { readonly kind: 'found'; readonly reload: ReloadRecord }
  /** 404: the tenant knows no such reload (fact q-reloads-get-04). */
  | { readonly kind: 'absent' }
  /** 400 or 403: the answer concerns this one id. Other calls to the tenant may succeed. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** One page of reloads. First comes the reload that ended last, or that was created last: as `newestBy` says. */
export type EndedAnswer =
  | {
      readonly kind: 'listed';
      readonly reloads: readonly ReloadRecord[];
      /** The next page, as `EndedQuery.next` takes it; absent on the last page. */
      readonly next?: string;
      readonly tenantNow?: EpochMs;
    }
  /**
   * 400, 403 or 404: this credential may not list what was asked for, the whole tenant or this app (fact
   * q-reloads-list-02); or the tenant no longer accepts this `next`.
   */
  | { readonly kind: 'forbidden'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** Which page of ended reloads to read: of the whole tenant or of one app; the first page, or the page `next`. */
export interface EndedQuery {
  readonly appId?: AppId;
  readonly next?: string;
  /** Use `creation` if the tenant ignores `sort=-endTime` (fact q-unknown-16); default `end`. */
  readonly newestBy?: 'end' | 'creation';
}

/** A tenant's answer to the request to cancel a reload. */
export type CancelAnswer =
  | { readonly kind: 'canceled' }
  /** 409: the reload had ended before the cancellation arrived. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** The end of a reload's log. */
export type LogAnswer =
  | { readonly kind: 'found'; readonly text: string }
  /** Qlik has no such log, does not show it to this credential, or the log is too large to be read to its end. */
  | { readonly kind: 'absent'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string };

/** A webhook as Qlik has it. */
export interface WebhookState {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly isEnabled: boolean;
  readonly eventTypes: readonly string[];
  /** Why Qlik itself disabled the webhook; absent if it did not. */
  readonly disabledReason?: string;
}

/** The outcome of a delivery to a webhook. */
export interface WebhookDelivery {
  readonly hasSucceeded: boolean;
  readonly message: string;
  /** Absent if nobody answered. */
  readonly statusCode?: number;
  readonly at?: EpochMs;
}

/** The first hundred webhooks that this credential may see: an administrator sees all, others their own. */
export type WebhooksAnswer =
  | { readonly kind: 'listed'; readonly webhooks: readonly WebhookState[] }
  | { readonly kind: 'unavailable'; readonly message: string };

/** The newest delivery to a webhook in the last 7 days. */
export type DeliveryAnswer =
  | { readonly kind: 'known'; readonly delivery?: WebhookDelivery }
  | { readonly kind: 'unavailable'; readonly message: string };

/** The calls to a tenant. Each settles within its `timeout` (milliseconds), and then nothing of it is in flight. */
export interface QlikPort {
  startReload(request: StartRequest, timeout: DurationMs): Promise<StartAnswer>;
  listReloads(appId: AppId, timeout: DurationMs): Promise<ListAnswer>;
  /** The id of the credential's user; undefined if it could not be read. */
  ownUserId(timeout: DurationMs): Promise<string | undefined>;
  getReload(reloadId: ReloadId, timeout: DurationMs): Promise<GetAnswer>;
  /** Up to 100 reloads, in the order that `newestBy` says. Queued and running reloads may be among them. */
  listEnded(query: EndedQuery, timeout: DurationMs): Promise<EndedAnswer>;
  cancelReload(reloadId: ReloadId, timeout: DurationMs): Promise<CancelAnswer>;
  /** The last 8 KiB of a reload's log. At most 16 MiB are read for that (fact q-items-apps-spaces-08). */
  logTail(appId: AppId, reloadId: ReloadId, timeout: DurationMs): Promise<LogAnswer>;
  webhooks(timeout: DurationMs): Promise<WebhooksAnswer>;
  lastDelivery(webhookId: string, timeout: DurationMs): Promise<DeliveryAnswer>;
}
