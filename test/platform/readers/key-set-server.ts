import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeySetServer {
  readonly url: string;
  /** How many requests for the key set there were. */
  readonly requests: () => number;
  close(): Promise<void>;
}

/** Starts a server with an identity provider's key set. */
export async function startKeySetServer(keys: readonly object[], status = 200): Promise<KeySetServer> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
