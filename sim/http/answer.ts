/** What a route answers: a status, headers, and a body that is sent as JSON, or a plain text (both absent = no body). */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
}

/** One entry of `errors` in the body of a refusal. */
export interface ErrorEntry {
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
}

/** Thrown by a route to refuse the call; the server turns it into `{errors: [entry], traceId}`. */
export class Refusal extends Error {
  readonly status: number;
  readonly entry: ErrorEntry;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, entry: ErrorEntry, headers: Readonly<Record<string, string>> = {}) {
    super(entry.detail ?? entry.title);
    this.status = status;
    this.entry = entry;
    this.headers = headers;
  }
}

/** 400 with what is wrong; `code` defaults to the gateway's. */
export function badRequest(detail: string, code = 'HTTP-400'): Refusal {
  return new Refusal(400, { code, title: 'Invalid request', detail });
}

/** 404 for something that is not there. */
export function notFound(detail: string, code = 'HTTP-404'): Refusal {
  return new Refusal(404, { code, title: 'Not found', detail });
}

/** 403 for a caller that lacks a right. */
export function forbidden(detail: string, code = 'HTTP-403'): Refusal {
  return new Refusal(403, { code, title: 'Forbidden', detail });
}
