import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server that answers 200 to every POST, and counts them. */
export interface Receiver {
  readonly url: string;
  /** When each POST was read to its end, in ms of `performance.now()`. */
  readonly arrivals: readonly number[];
  close(): void;
}

/** Starts a receiver on a free port of this machine. */
export async function startReceiver(): Promise<Receiver> {
  const arrivals: number[] = [];
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      arrivals.push(performance.now());
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, arrivals, close };
}
