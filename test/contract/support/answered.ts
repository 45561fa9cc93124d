/** An answer: status, headers, and the body as JSON if it is JSON. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests are about
  readonly body: any;
}

/** Parses a body as JSON. A body that is not JSON stays a text. */
export function parseBody(body: string | Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return body;
  }
}
