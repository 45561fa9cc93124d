import type { ErrorCode } from '../core/cascade-error.ts';

/** The statuses that are not 500. docs/errors.md lists all, and a test compares. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  EVENT_MALFORMED: 400,
  PARAMETERS_INVALID: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  NOTHING_STARTED: 502,
  STORE_UNAVAILABLE: 503,
};

/** The HTTP status with which a web action answers each error code. */
export const statusOf = (code: ErrorCode): number => STATUS[code] ?? 500;
