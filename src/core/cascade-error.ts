/**
 * Every way in which Cascade fails on purpose. Anything else that is thrown is a bug.
 * The comment beside each code is its sentence; `isRetryable` says whether trying again helps.
 */
export const ERROR_CODES = [
  'SETTINGS_INVALID', // a setting is missing or malformed; the message names it, never its value
  'NO_CHAINS', // the bundle was built without chain files
  'UNAUTHORIZED', // the caller did not prove that it may
  'BODY_TOO_LARGE', // the webhook's body is larger than 256 KiB
  'EVENT_MALFORMED', // authenticated, but no reload event that we understand
  'PARAMETERS_INVALID', // an action was invoked with parameters it does not take
  'NOTHING_STARTED', // no order could be started or carried
  'OPENWHISK_REFUSED', // OpenWhisk refused an invocation for good
  'OPENWHISK_LIMIT', // OpenWhisk's minute or concurrency limit is spent
  'OPENWHISK_UNREACHABLE', // no answer from OpenWhisk, or a 5xx: the invocation may or may not run
  'QLIK_REFUSED', // the tenant refused the reload for good
  'QLIK_UNAUTHORIZED', // the tenant does not accept our credential
  'QLIK_RATE_LIMITED', // the tenant's rate limit; wait as long as it says
  'QLIK_QUOTA', // the app's reload frequency quota is used up
  'QLIK_BUSY', // a reload of this app is already pending
  'QLIK_UNREACHABLE', // no connection to the tenant, or no token of it: nothing was sent
  'QLIK_UNKNOWN', // no answer, and the list does not show whether the reload was accepted
  'CALLED_OFF', // a person called an order off before it was started
  'STORE_UNAVAILABLE', // no answer from CouchDB, or a 5xx: a write may or may not be stored
  'STORE_REFUSED', // CouchDB refuses the request: credential, missing database
  'DOCUMENT_REFUSED', // CouchDB refuses one document for what it holds: too large, or text that is no Unicode
  'LEDGER_MALFORMED', // a document of the ledger is not what Cascade writes: somebody else wrote it, or a newer version
  'NOT_FOUND', // no such resource below this web action
  'METHOD_NOT_ALLOWED', // a web action that only reads was called with another method
  'CHAIN_INVALID', // a chain file has errors
  'DEPLOY_FAILED', // the manifest cannot be deployed, or the host refused a part of it
  'PORT_IN_USE', // something else listens on the port
  'STORE_IN_USE', // another running store has the data directory
  'INTERNAL', // a bug of ours: logged whole, answered with a fixed text
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Whether doing the same again, later and unchanged, may succeed. */
export function isRetryable(code: ErrorCode): boolean {
  switch (code) {
    case 'NOTHING_STARTED':
    case 'OPENWHISK_LIMIT':
    case 'OPENWHISK_UNREACHABLE':
    case 'QLIK_RATE_LIMITED':
    case 'QLIK_QUOTA':
    case 'QLIK_BUSY':
    case 'QLIK_UNREACHABLE':
    case 'QLIK_UNKNOWN':
    case 'PORT_IN_USE':
    case 'STORE_IN_USE':
    case 'STORE_UNAVAILABLE':
      return true;
    case 'SETTINGS_INVALID':
    case 'NO_CHAINS':
    case 'UNAUTHORIZED':
    case 'BODY_TOO_LARGE':
    case 'EVENT_MALFORMED':
    case 'PARAMETERS_INVALID':
    case 'OPENWHISK_REFUSED':
    case 'QLIK_REFUSED':
    case 'QLIK_UNAUTHORIZED':
    case 'CALLED_OFF':
    case 'STORE_REFUSED':
    case 'DOCUMENT_REFUSED':
    case 'LEDGER_MALFORMED':
    case 'NOT_FOUND':
    case 'METHOD_NOT_ALLOWED':
    case 'CHAIN_INVALID':
    case 'DEPLOY_FAILED':
    case 'INTERNAL':
      return false;
    default:
      return code satisfies never;
  }
}

/** An expected failure: its message says what, with which value, likely why and what to do, and holds no secret. */
export class CascadeError extends Error {
  override readonly name = 'CascadeError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
