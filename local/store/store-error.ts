/** How CouchDB calls a refusal with this status, in the field `error`, if it has no more special word for it. */
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
  /** CouchDB's word for it, as `bad_request`. */
  readonly error: string;

  /** @param error - by default CouchDB's usual word for the status. */
  constructor(status: number, reason: string, error = WORDS[status] ?? 'unknown_error', options?: ErrorOptions) {
    super(reason, options);
    this.status = status;
    this.error = error;
  }
}

/** 409: the request names another rev than the newest, or none. */
export const conflict = (): StoreError => new StoreError(409, 'Document update conflict.');

/** 404: there is no such database, or no more. */
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

/** How a failure is answered. One of PouchDB becomes what CouchDB says; any other is 500, without its text, which may contain secrets. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (!isPouchFailure(error)) return internal(error);
  if (error.name === 'conflict') return conflict();
  const reason = error.reason ?? error.message;
  // PouchDB gives these two the status 500, CouchDB 400.
  if (error.name === 'doc_validation') return invalidMember(reason);
  if (error.name === 'badarg') return new StoreError(400, reason);
  return error.status < 500 ? new StoreError(error.status, reason, error.name) : internal(error);
}

/** 400 for a member of a document that begins with `_` and is none of CouchDB's. */
export const invalidMember = (reason: string): StoreError =>
  new StoreError(400, `Bad special document member: ${reason}`, 'doc_validation');

const internal = (cause: unknown): StoreError =>
  new StoreError(500, 'The store failed; its output says why.', undefined, { cause });
