import type { AppRef } from '../../src/core/names.ts';

/** What Qlik posts when a reload of `app` ended well, as CloudEvents 1.0. */
export function webhookBody({ appId }: AppRef, tenantId: string, reloadId: string, endedAt: Date): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `event-${reloadId}`,
    type: 'com.qlik.v1.reload.finished',
    source: 'com.qlik/reloads',
    time: endedAt.toISOString(),
    datacontenttype: 'application/json',
    tenantid: tenantId,
    toplevelresourceid: appId,
    data: { id: reloadId, appId, tenantId, status: 'SUCCEEDED', succeeded: true, type: 'chronos', partial: false },
  });
}
