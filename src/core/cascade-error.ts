/**
 * The codes of Cascade's errors, each with its meaning. All but INTERNAL are failures that Cascade expects. `true`: the
 * same attempt may succeed later, although nobody changes anything.
 *
 * An order is a reload that Cascade owes. The ledger is Cascade's memory, a database in CouchDB.
 */
const RETRYABLE = {
  SETTINGS_INVALID: false, // a setting is missing or malformed; the message names it, and shows no secret
  NO_CHAINS: false, // there is no chain file, or the bundle was built without any
  UNAUTHORIZED: false, // the caller did not prove that it may call this
  BODY_TOO_LARGE: false, // the webhook's body is larger than 256 KiB
  EVENT_MALFORMED: false, // authenticated, but no reload event that we understand
  PARAMETERS_INVALID: false, // an action or a command got parameters that it does not take
  NOTHING_STARTED: true, // no order could be started, or handed on to be started a minute later
  OPENWHISK_REFUSED: false, // OpenWhisk refused an invocation, or another request, for good
  OPENWHISK_LIMIT: true, // OpenWhisk's minute or concurrency limit is spent
  OPENWHISK_UNREACHABLE: true, // no answer from OpenWhisk, or no clear one: an invocation may or may not run
  QLIK_REFUSED: false, // the tenant refused the reload for good
  QLIK_UNAUTHORIZED: false, // the tenant does not accept our credential
  QLIK_RATE_LIMITED: true, // the tenant's rate limit is spent; its answer says how long to wait
  QLIK_QUOTA: true, // the app's reload frequency quota is used up
  QLIK_BUSY: true, // a reload of this app is already pending
  QLIK_UNREACHABLE: true, // no connection to the tenant, or no token of it: nothing was sent
  QLIK_UNKNOWN: true, // no answer, and the list does not show whether the reload was accepted
  CALLED_OFF: false, // a person called an order off before it was started
  STORE_UNAVAILABLE: true, // no answer from CouchDB, or no clear one: a write may or may not be stored
  STORE_REFUSED: false, // CouchDB refuses the request, such as for a wrong credential or a missing database
  DOCUMENT_REFUSED: false, // CouchDB refuses one document for its content: too large, or ill-formed Unicode
  LEDGER_MALFORMED: false, // Cascade did not write a document like this: a person or a newer version wrote it
  NOT_FOUND: false, // no such resource below this web action
  METHOD_NOT_ALLOWED: false, // a web action that only reads was called with another method
  CHAIN_INVALID: false, // a chain file has errors
  DEPLOY_FAILED: false, // something cannot be deployed, or the host refused a part of it
  PORT_IN_USE: true, // something else listens on the port
  STORE_IN_USE: true, // another running store has the data directory
  INTERNAL: false, // a bug in Cascade: logged whole, answered with a fixed text
} as const;
/** The code of an error, for programs: its text is part of answers and logs. */
export type ErrorCode = keyof typeof RETRYABLE;

/** All codes. */
export const ERROR_CODES = /* @__PURE__ */ Object.keys(RETRYABLE) as readonly ErrorCode[];

/** Whether the same attempt may succeed later, although nobody changes anything. */
export const isRetryable = (code: ErrorCode): boolean => RETRYABLE[code];

/**
 * A failure that Cascade expects; any other error that ends an action or a command is a bug. Actions answer with the
 * code and the message, commands print the message. The message is for people: it says what happened, and if that
 * helps, with which value, and what to do. No secret may be in it.
 */
export class CascadeError extends Error {
  override readonly name = 'CascadeError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
