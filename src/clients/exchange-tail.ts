import type { HttpExchange, HttpRequest } from './http-exchange.ts';
import { noAnswer, transportTo } from './http-exchange.ts';

/**
 * How much of the answer's end is kept, in bytes. People see 2 kB of it; the rest is room for secrets that are masked.
 */
const TAIL_BYTES = 8_192;

/**
 * The most that is read of an answer to find its end. A server that understands `range` sends only the end. A reload's
 * log has some kB, and a log of a thousand tables about a MB.
 */
export const LARGEST_TAILED_BYTES = 16 * 1024 * 1024;

/**
 * Reads the end of a long text over HTTP. It is for the log of a failed reload, because people need only its last
 * lines.
 *
 * In the result, `text` is the end of the answer's body, at most 8 KiB, and `json` is undefined. This function asks the
 * server for the end only. If the server sends the whole body, the function reads up to 16 MiB, and keeps 8 KiB. If the
 * body is larger, there is no answer (`isTooLarge`).
 */
export async function exchangeTail({ method, url, headers, timeout }: HttpRequest): Promise<HttpExchange> {
  const done = new AbortController();
  try {
    const { default: fetch } = await import('node-fetch');
    const { agent } = await transportTo(url);
    const {
      status,
      body,
      headers: answered,
    } = await fetch(url, {
      method,
      headers: { accept: 'text/plain', range: `bytes=-${TAIL_BYTES}`, ...headers },
      // A compressed body could be a thousand times as large as the bytes that are counted here.
      compress: false,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeout), done.signal]),
      agent,
    });
    const tail = body === null ? Buffer.alloc(0) : await tailOf(body);
    if (tail === undefined) return TOO_LARGE;
    return { kind: 'answered', status, headers: answered, json: undefined, text: tail.toString('utf8') };
  } catch (error) {
    return noAnswer(error, timeout);
  } finally {
    // The rest of the body is given up, so nothing is in flight after this.
    done.abort();
  }
}

const TOO_LARGE = {
  kind: 'no-answer',
  message: `no answer of at most ${LARGEST_TAILED_BYTES} bytes`,
  isTooLarge: true,
} as const;

/** The last bytes of a body; undefined if the body is too large to be read. */
async function tailOf(body: AsyncIterable<string | Buffer>): Promise<Buffer | undefined> {
  let tail: Buffer = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of body) {
    const read = Buffer.from(chunk);
    bytes += read.length;
    if (bytes > LARGEST_TAILED_BYTES) return undefined;
    tail = Buffer.concat([tail, read]).subarray(-TAIL_BYTES);
  }
  return tail;
}
