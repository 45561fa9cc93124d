/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. A real host refuses a chunked body if one of its chunks is larger than 1 MB. This file measures the chunks,
 * because Node does not report their sizes.
 */

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = 0x0a;
/** How many characters of a line are kept. The size of the chunk is at the beginning of the line. */
const LONGEST_LINE = 64;

interface Wire {
  /**
   * The latest bytes, and the three bytes before them: the four bytes at the end of a request's head may come in two
   * parts.
   */
  latest: Buffer;
  meter: ChunkMeter | undefined;
}

const wires = new WeakMap<Socket, Wire>();
const meters = new WeakMap<IncomingMessage, ChunkMeter>();

/**
 * Reads the bytes of each connection of `server` to learn how large the chunks of request bodies are. The sizes are
 * right only if a client waits for each answer before it sends its next request.
 */
export function watchChunks(server: Server): void {
  server.on('connection', (socket: Socket) => {
    const wire: Wire = { latest: Buffer.alloc(0), meter: undefined };
    wires.set(socket, wire);
    // This listener has to run before that of Node's parser, which emits the event `request` at once.
    socket.prependListener('data', (bytes: Buffer) => {
      wire.latest = Buffer.concat([wire.latest.subarray(-3), bytes]);
      wire.meter?.take(bytes);
    });
  });
  server.prependListener('request', (request: IncomingMessage) => {
    const wire = wires.get(request.socket);
    if (wire === undefined) return;
    wire.meter = request.headers['transfer-encoding'] === 'chunked' ? new ChunkMeter() : undefined;
    if (wire.meter === undefined) return;
    meters.set(request, wire.meter);
    wire.meter.take(wire.latest.subarray(wire.latest.indexOf(HEAD_END) + HEAD_END.length));
  });
}

/**
 * How many bytes the largest chunk of a request's body has, as far as the body was received; 0 if it is not chunked.
 */
export const largestChunk = (request: IncomingMessage): number => meters.get(request)?.largest ?? 0;

/**
 * Reads the size lines of a chunked body and skips the chunks. For example, `4\r\nWiki\r\n0\r\n\r\n` is one chunk of 4
 * bytes, and the end. A size is in hexadecimal digits.
 */
class ChunkMeter {
  largest = 0;
  #line = '';
  #toSkip = 0;
  #isDone = false;

  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.#isDone; ) {
      const skipped = Math.min(this.#toSkip, bytes.length - at);
      this.#toSkip -= skipped;
      at += skipped;
      const end = bytes.indexOf(LINE_END, at);
      const isWhole = end >= 0;
      if (at < bytes.length) this.#line += bytes.toString('latin1', at, isWhole ? end : bytes.length);
      this.#line = this.#line.slice(0, LONGEST_LINE);
      at = isWhole ? end + 1 : bytes.length;
      if (isWhole) this.#endLine();
    }
  }

  #endLine(): void {
    const size = Number.parseInt(this.#line, 16);
    this.#line = '';
    // An empty line follows the bytes of a chunk.
    if (Number.isNaN(size)) return;
    this.largest = Math.max(this.largest, size);
    this.#toSkip = size;
    this.#isDone = size === 0;
  }
}
