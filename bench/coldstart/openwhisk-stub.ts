import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The part of an OpenWhisk host that one run of the invoker uses: it answers with limits, and accepts an invocation.
 */
export interface Stub {
  readonly url: string;
  close(): Promise<void>;
}

const LIMITS = { invocationsPerMinute: 60, concurrentInvocations: 30 };

/** Starts the stub on a free port of 127.0.0.1; it answers at once. */
export async function startStub(): Promise<Stub> {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => {
      const isLimits = request.method === 'GET';
      response.writeHead(isLimits ? 200 : 202, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isLimits ? LIMITS : { activationId: '0'.repeat(32) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
