/** A refusal as CouchDB words it: a status and `{"error","reason"}`. */
export class StoreError extends Error {
  override readonly name = 'WireError';
  readonly status: number;
  readonly error: string;

  constructor(status: number, error: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.status = status;
    this.error = error;
  }
}

export const badStoreRequest = (reason: string): StoreError => new StoreError(400, 'bad_request', reason);
export const conflict = (): StoreError => new StoreError(409, 'conflict', 'Document update conflict.');
export const forbiddenUser = (reason: string): StoreError => new StoreError(403, 'forbidden', reason);
export const missing = (reason = 'missing'): StoreError => new StoreError(404, 'not_found', reason);
export const noDatabase = (): StoreError => missing('Database does not exist.');
export const notHere = (reason: string): StoreError => new StoreError(501, 'not_implemented', reason);

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

/** What a failure of PouchDB is called on the wire; of anything else, 500 without its text, which may tell too much. */
export function toWireError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (!isPouchFailure(error)) return internal(error);
  if (error.name === 'conflict') return conflict();
  const reason = error.reason ?? error.message;
  // PouchDB has 500 for these two, CouchDB 400.
  if (error.name === 'doc_validation')
    return new StoreError(400, 'doc_validation', `Bad special document member: ${reason}`);
  if (error.name === 'badarg') return badStoreRequest(reason);
  return error.status < 500 ? new StoreError(error.status, error.name, reason) : internal(error);
}

const internal = (cause: unknown): StoreError =>
  new StoreError(500, 'internal_server_error', 'The store failed; its output tells why.', { cause });
