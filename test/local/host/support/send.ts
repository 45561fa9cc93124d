import http from 'node:http';
import https from 'node:https';

/** One request. Nothing adds a header to it but `host` and `connection`. */
export interface Sent {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Send the body in chunks of so many bytes, without a content length. */
  readonly chunkBytes?: number;
}

export interface Received {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Name, value, name, value, … in the order of the answer. */
  readonly rawHeaders: readonly string[];
  readonly text: string;
}

/** Sends one request on a connection of its own. */
export function send(url: string, { method = 'GET', headers = {}, body, chunkBytes }: Sent = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const length = body === undefined || chunkBytes !== undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const { request: start } = url.startsWith('https:') ? https : http;
    const request = start(url, { method, headers: { ...length, ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status = 0, headers: received, rawHeaders } = response;
        resolve({ status, headers: received, rawHeaders, text: Buffer.concat(chunks).toString() });
      });
    });
    request.on('error', reject);
    if (chunkBytes === undefined) request.end(body);
    else {
      for (const chunk of chunksOf(Buffer.from(body ?? ''), chunkBytes)) request.write(chunk);
      request.end();
    }
  });
}

function* chunksOf(body: Buffer, bytes: number): Generator<Buffer> {
  for (let at = 0; at < body.length; at += bytes) yield body.subarray(at, at + bytes);
}
