import type { SimReload } from './tenant-model.ts';

/** What each body of Qlik's webhooks has: the event's id and its time. */
interface About {
  readonly eventId: string;
  /** When the event was sent, by the tenant's clock. */
  readonly time: number;
}

/** An error in the words of a load script. It has half of a character, and a character across the cut at 1,000. */
export const FAILURE = { errorCode: 'EngineFailure\ud83d', errorMessage: `\udc00${'x'.repeat(998)}${'😀'.repeat(10)}` };

const iso = (at: number): string => new Date(at).toISOString();

const cloudEvent = (type: string, { eventId, time }: About, appId: string, data: object): object => ({
  id: eventId,
  specversion: '1.0',
  type,
  source: 'com.qlik/reloads',
  time: iso(time),
  datacontenttype: 'application/json',
  toplevelresourceid: appId,
  data,
});

/** `com.qlik.v1.reload.finished`: the end of a request. */
export const finalBody = (about: About, reload: SimReload, isEchoed: boolean): object =>
  cloudEvent('com.qlik.v1.reload.finished', about, reload.appId, {
    id: reload.id,
    appId: reload.appId,
    userId: reload.userId,
    succeeded: reload.status === 'SUCCEEDED',
    status: reload.status,
    type: reload.type,
    partial: reload.body.partial === true,
    ...(isEchoed && reload.resourceId !== undefined ? { resourceType: 'api', resourceId: reload.resourceId } : {}),
    ...(reload.status === 'FAILED' ? FAILURE : { errorCode: '', errorMessage: '' }),
  });

export interface Attempt {
  readonly appId: string;
  readonly reloadId: string;
  readonly isOk: boolean;
  readonly isPartial: boolean;
  readonly isSessionApp?: boolean;
  /** When the attempt ended, by the tenant's clock. */
  readonly endedAt: number;
}

/** `com.qlik.v1.app.reload.finished`: one attempt of the engine. */
export const attemptBody = (about: About, attempt: Attempt): object =>
  cloudEvent('com.qlik.v1.app.reload.finished', about, attempt.appId, {
    status: attempt.isOk ? 'ok' : 'error',
    reloadId: attempt.reloadId,
    endTime: iso(attempt.endedAt),
    isSkipStore: false,
    isSessionApp: attempt.isSessionApp === true,
    isPartialReload: attempt.isPartial,
  });

/** The body in the form on which the paper of 2020 relied. */
export const paperBody = (appId: string, isOk: boolean): object => ({
  data: { id: appId, status: isOk ? 'ok' : 'error' },
});
