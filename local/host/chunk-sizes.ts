import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = 0x0a;
/** Characters; Node's own parser refuses longer size lines. */
const LONGEST_LINE = 64;

interface Wire {
  /** The latest bytes and the three before them, as the four bytes at a head's end may come in two parts. */
  latest: Buffer;
  meter: ChunkMeter | undefined;
}

const wires = new WeakMap<Socket, Wire>();
const meters = new WeakMap<IncomingMessage, ChunkMeter>();

/** Notes the sizes of chunks, which Node's parser does not report. Clients must not pipeline requests. */
export function watchChunks(server: Server): void {
  server.on('connection', (socket: Socket) => {
    const wire: Wire = { latest: Buffer.alloc(0), meter: undefined };
    wires.set(socket, wire);
    // Before the parser's own listener, which emits the request's event at once.
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

/** The bytes of the largest chunk of a request's body so far; 0 for a body that is not chunked. */
export const largestChunk = (request: IncomingMessage): number => meters.get(request)?.largest ?? 0;

/** Reads the size lines of a chunked body and skips the chunks. */
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
    // After a chunk's bytes comes an empty line.
    if (Number.isNaN(size)) return;
    this.largest = Math.max(this.largest, size);
    this.#toSkip = size;
    this.#isDone = size === 0;
  }
}
