import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A gate at which actions wait until the test opens it. So activations run at the same time without a sleep. */
export interface Gate {
  /** The code of an action that ends once the gate is open. */
  code(): string;
  /** Opens the gate while `work` runs. */
  openWhile<T>(work: () => Promise<T>): Promise<T>;
}

/** Makes a gate for the tests of a `describe`. */
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
