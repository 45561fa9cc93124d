import type { IncomingMessage } from 'node:http';
import { Refusal } from './answer.ts';

const MAX_BYTES = 8 * 1024 * 1024;

/** The whole body of a request. Rejects with a Refusal 413 above 8 MiB. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) reject(new Refusal(413, { code: 'HTTP-413', title: 'Payload too large' }));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
