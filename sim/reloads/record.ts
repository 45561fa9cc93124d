/** `QUEUED`, `RELOADING` and `CANCELING` are active. The others are ends: an ended reload never changes (q-states-01). */
export type ReloadStatus =
  | 'QUEUED'
  | 'RELOADING'
  | 'CANCELING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELED'
  | 'EXCEEDED_LIMIT';

/** What started a reload (q-states-06). */
export const RELOAD_TYPES = ['hub', 'external', 'chronos', 'automations', 'data-refresh', 'choreographer'] as const;
export type ReloadType = (typeof RELOAD_TYPES)[number];

/** The body of `POST /api/v1/reloads` with its defaults. */
export interface ReloadRequest {
  readonly appId: string;
  readonly partial: boolean;
  readonly weight: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly resourceType: string | undefined;
  readonly resourceId: string | undefined;
}

/** One reload as it is now; instants in epoch ms. Each change of state makes a new record. */
export interface Reload extends ReloadRequest {
  readonly id: string;
  /** Its number among the tenant's reloads: it orders those of the same millisecond. */
  readonly seq: number;
  readonly userId: string;
  readonly type: ReloadType;
  readonly status: ReloadStatus;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  /** When the engine's present or last attempt began. */
  readonly attemptAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Why it failed. */
  readonly error: ReloadError | undefined;
}

export interface ReloadError {
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** The error of a failed reload, in the words of a real tenant. */
export const FAILURE: ReloadError = {
  errorCode: 'EngineConnectionError',
  errorMessage: 'failed to complete reload: unexpected EOF',
};
