/** What came back: status, headers, and the body as JSON if it is JSON. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests are about
  readonly body: any;
}

/** The JSON of a body; what is not JSON stays as it is. */
export function parseBody(body: string | Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return body;
  }
}
