/** The two event types that the tenant sends. */
export const RELOAD_FINISHED = 'com.qlik.v1.reload.finished';
export const APP_RELOAD_FINISHED = 'com.qlik.v1.app.reload.finished';

/** Something that happened, before it takes one of the forms in which it is sent. */
export interface TenantEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  /** Epoch ms. */
  readonly time: number;
  readonly tenantId: string;
  readonly userId: string;
  readonly ownerId: string;
  /** Absent for an app in a personal space. */
  readonly spaceId: string | undefined;
  readonly appId: string;
  readonly traceparent: string;
  readonly data: Readonly<Record<string, unknown>>;
}
