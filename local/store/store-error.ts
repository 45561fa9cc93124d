/*
 * The embedded store imitates CouchDB, so that `npm start` and the tests need no database server. These are its
 * refusals, in CouchDB's words.
 */

/** CouchDB's usual word, in the field `error`, for a refusal with this status. */
const WORDS: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  412: 'file_exists',
  413: 'too_large',
  415: 'bad_content_type',
  500: 'internal_server_error',
  501: 'not_implemented',
};

/** A refusal as CouchDB answers it: a status and `{"error","reason"}`. The message is the reason. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly status: number;
  /** CouchDB's word for the refusal, such as `bad_request`. */
  readonly error: string;

  /** @param error - default: CouchDB's usual word for the status. */
  constructor(status: number, reason: string, error = WORDS[status] ?? 'unknown_error', options?: ErrorOptions) {
    super(reason, options);
    this.status = status;
    this.error = error;
  }
}

/** 409: the request names a rev that is not current; or it names none, and the document exists. */
export const conflict = (): StoreError => new StoreError(409, 'Document update conflict.');

/** 404: there is no such database. */
export const noDatabase = (): StoreError => new StoreError(404, 'Database does not exist.');

interface PouchFailure {
  readonly status: number;
  readonly name: string;
  readonly message: string;
  readonly reason?: string;
}

const isPouchFailure = (error: unknown): error is PouchFailure =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  typeof error.status === 'number' &&
  'name' in error;

/**
 * Makes the answer to a failure. If PouchDB found a fault in the request, the answer is that of CouchDB in the same
 * case. Any other failure becomes a 500 without the failure's text, which may contain secrets.
 */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (!isPouchFailure(error)) return internal(error);
  if (error.name === 'conflict') return conflict();
  const reason = error.reason ?? error.message;
  // PouchDB gives the next two failures the status 500. CouchDB answers them with 400.
  if (error.name === 'doc_validation') return invalidMember(reason);
  if (error.name === 'badarg') return new StoreError(400, reason);
  // PouchDB gives this failure the status 412. It means that the database's files are closed.
  if (error.name === 'precondition_failed') return internal(error);
  return error.status < 500 ? new StoreError(error.status, reason, error.name) : internal(error);
}

/** 400 for a document with a member whose name begins with `_` but is none of CouchDB's. */
export const invalidMember = (reason: string): StoreError =>
  new StoreError(400, `Bad special document member: ${reason}`, 'doc_validation');

/** Prints the cause of a 500, because the answer does not contain it. Prints nothing for another status. */
export function printFailure({ status, cause }: StoreError): void {
  if (status === 500) console.error('The store failed:', cause);
}

const internal = (cause: unknown): StoreError =>
  new StoreError(500, 'The store failed; its output says why.', undefined, { cause });
