/*
 * The simulated Stack Exchange imitates the API of Stack Exchange 2.3, so that `npm start` and the tests do not call
 * the real one. These are the errors with which it refuses calls.
 */

/** The errors of the Stack Exchange API by their ids (fact se-error-01). */
export const API_ERRORS = {
  400: 'bad_parameter',
  401: 'access_token_required',
  402: 'invalid_access_token',
  403: 'access_denied',
  404: 'no_method',
  405: 'key_required',
  406: 'access_token_compromised',
  407: 'write_failed',
  409: 'duplicate_request',
  500: 'internal_error',
  502: 'throttle_violation',
  503: 'temporarily_unavailable',
} as const;

export type ApiErrorId = keyof typeof API_ERRORS;

/** Whether a number is the id of an error of the API. */
export const isApiErrorId = (id: number): id is ApiErrorId => Object.hasOwn(API_ERRORS, id);

/** A refusal of the API. Its HTTP status is 400, whatever the error's id is (fact se-error-01). */
export class ApiError extends Error {
  readonly id: ApiErrorId;

  constructor(id: ApiErrorId, message: string) {
    super(message);
    this.id = id;
  }
}
