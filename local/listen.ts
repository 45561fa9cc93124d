import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CascadeError } from '../src/core/cascade-error.ts';

/**
 * Makes `server` listen on `address`, and returns its port. The local host and the embedded store share it, so that
 * both say the same if the port is in use.
 *
 * @param port - 0 = any free port.
 * @param what - what listens, for the message: `host` or `store`.
 * @throws CascadeError `PORT_IN_USE`; Node's own error if the server cannot listen for another reason.
 */
export function listen(server: http.Server, port: number, address: string, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portInUse(port, what, error) : error);
    });
    server.listen(port, address, () => resolve((server.address() as AddressInfo).port));
  });
}

const portInUse = (port: number, what: string, cause: Error): CascadeError =>
  new CascadeError(
    'PORT_IN_USE',
    `Port ${port} is in use, likely by another ${what}; stop it or choose another port (0 = any free one).`,
    { cause },
  );

/** Closes a server and all its connections, also those with a request that is not answered yet. */
export function closeServer(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
