import type { AppRef } from '../../src/core/names.ts';

/** What an end's webhook may say beside the app. */
export interface ToldEnd {
  /** The reload's status; default: it succeeded. */
  readonly status?: 'SUCCEEDED' | 'FAILED';
  /** The resource id of our POST. */
  readonly resourceId?: string;
}

/** The body that Qlik posts when a reload of `app` ended, as CloudEvents 1.0. */
export function webhookBody(
  { appId }: AppRef,
  tenantId: string,
  reloadId: string,
  endedAt: Date,
  { status = 'SUCCEEDED', resourceId }: ToldEnd = {},
): string {
  const succeeded = status === 'SUCCEEDED';
  return JSON.stringify({
    specversion: '1.0',
    id: `event-${reloadId}`,
    type: 'com.qlik.v1.reload.finished',
    source: 'com.qlik/reloads',
    time: endedAt.toISOString(),
    datacontenttype: 'application/json',
    tenantid: tenantId,
    toplevelresourceid: appId,
    data: { id: reloadId, appId, tenantId, status, succeeded, type: 'chronos', partial: false, resourceId },
  });
}
