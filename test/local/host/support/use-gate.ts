import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A door that actions wait at until the test opens it: concurrency without a sleep. */
export interface Gate {
  /** Code of an action that ends when the gate is opened. */
  code(): string;
  /** Lets everybody through who waits, or comes while `work` runs. */
  openWhile<T>(work: () => Promise<T>): Promise<T>;
}

/** A gate for the tests of a `describe`. */
export function useGate(): Gate {
  let waiting: http.ServerResponse[] = [];
  let isOpen = false;
  const server = http.createServer((_request, response) => {
    if (isOpen) response.end();
    else waiting.push(response);
  });
  before((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  after((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
  return {
    code: () => {
      const { port } = server.address() as AddressInfo;
      const get = `require('http').get('http://127.0.0.1:${port}', () => resolve({}))`;
      return `function main() { return new Promise((resolve) => ${get}) }`;
    },
    async openWhile(work) {
      isOpen = true;
      for (const response of waiting) response.end();
      waiting = [];
      const result = await work();
      isOpen = false;
      return result;
    },
  };
}
