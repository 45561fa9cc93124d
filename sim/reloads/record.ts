/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. These are the types
 * of a reload, as the tenant keeps it.
 */

/**
 * A reload is active while it is `QUEUED`, `RELOADING` or `CANCELING`. With another status it has ended, and never
 * changes (fact q-states-01).
 */
export type ReloadStatus =
  | 'QUEUED'
  | 'RELOADING'
  | 'CANCELING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELED'
  | 'EXCEEDED_LIMIT';

/** What started a reload (fact q-states-06). */
export const RELOAD_TYPES = ['hub', 'external', 'chronos', 'automations', 'data-refresh', 'choreographer'] as const;
export type ReloadType = (typeof RELOAD_TYPES)[number];

/** The body of `POST /api/v1/reloads`. A field that the caller left out has its default. */
export interface ReloadRequest {
  readonly appId: string;
  readonly partial: boolean;
  readonly weight: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly resourceType: string | undefined;
  readonly resourceId: string | undefined;
}

/**
 * The record of a reload, with times in epoch ms. It is never changed: each change of the reload's state makes a new
 * record.
 */
export interface Reload extends ReloadRequest {
  readonly id: string;
  /** The reload's number in the tenant. It orders reloads of the same millisecond. */
  readonly seq: number;
  readonly userId: string;
  readonly type: ReloadType;
  readonly status: ReloadStatus;
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  /** When the engine's present or last attempt began. */
  readonly attemptAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Why the reload failed, or why it ended after it had waited or run for too long. */
  readonly error: ReloadError | undefined;
}

export interface ReloadError {
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** The usual error of a failed reload, in the words of a real tenant. */
export const FAILURE: ReloadError = {
  errorCode: 'EngineConnectionError',
  errorMessage: 'failed to complete reload: unexpected EOF',
};
