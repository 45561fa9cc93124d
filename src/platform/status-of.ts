import type { ErrorCode } from '../core/cascade-error.ts';

/** The error codes whose status is not 500. docs/errors.md has them, too, and a test compares. */
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

/**
 * The HTTP status with which a web action answers an error code. The caller sees by it whether the request was wrong
 * (400 to 499), or Cascade failed (500 and more).
 */
export const statusOf = (code: ErrorCode): number => STATUS[code] ?? 500;
