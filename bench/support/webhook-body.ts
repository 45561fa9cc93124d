import type { AppRef } from '../../src/core/names.ts';

/** What an end's webhook may say beside its app. */
export interface ToldEnd {
  /** Default: it ended well. */
  readonly status?: 'SUCCEEDED' | 'FAILED';
  /** What our POST named. */
  readonly resourceId?: string;
}

/** What Qlik posts when a reload of `app` ended, as CloudEvents 1.0. */
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
