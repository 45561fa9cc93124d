/** `QUEUED`, `RELOADING` and `CANCELING` are active; the others are ends, and an ended reload never changes (q-states-01). */
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

/** What the caller asked for, checked. */
export interface ReloadRequest {
  readonly appId: string;
  readonly partial: boolean;
  readonly weight: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly resourceType: string | undefined;
  readonly resourceId: string | undefined;
}

/** One reload, as it is now; instants in epoch ms. Replaced as a whole at each change of state. */
export interface Reload extends ReloadRequest {
  readonly id: string;
  /** Counts the tenant's reloads: orders those of the same millisecond. */
  readonly seq: number;
  readonly userId: string;
  readonly type: ReloadType;
  readonly status: ReloadStatus;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  /** When the present attempt of the engine began, or the last one. */
  readonly attemptAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Why it failed. */
  readonly error: ReloadError | undefined;
}

export interface ReloadError {
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** The error of a reload that failed; the texts are those of a real failure. */
export const FAILURE: ReloadError = {
  errorCode: 'EngineConnectionError',
  errorMessage: 'failed to complete reload: unexpected EOF',
};

/** Whether the reload has ended. */
export function hasEnded(reload: Reload): boolean {
  return reload.endedAt !== undefined;
}

/** ISO 8601 in UTC with milliseconds. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
