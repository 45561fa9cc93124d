import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeySetServer {
  readonly url: string;
  /** How often the key set was asked for. */
  readonly requests: () => number;
  close(): Promise<void>;
}

/** An identity provider's key set, over real HTTP. */
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
