import type { IncomingMessage } from 'node:http';
import { Refusal } from './answer.ts';

const MAX_BYTES = 8 * 1024 * 1024;

/** The whole body of a request. @throws Refusal 413 above 8 MiB */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new Refusal(413, { code: 'HTTP-413', title: 'Payload too large' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
