import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** Requests that reached the store. */
export interface Requests {
  readonly reads: number;
  readonly writes: number;
}

/** A proxy of the store for each action. It counts the requests that go through. */
export interface StoreCounters {
  /** The store's address for each action, without user and password. */
  readonly urls: Readonly<Record<string, string>>;
  /** Returns the requests by action since the last call, without actions that made none. */
  take(): Readonly<Record<string, Requests>>;
  close(): Promise<void>;
}

/** Starts the proxies between the actions and the store at `target`. */
export async function startStoreCounters(target: string, actions: readonly string[]): Promise<StoreCounters> {
  let counted: Record<string, { reads: number; writes: number }> = {};
  const { Agent } = moduleFor(target);
  const agent = new Agent({ keepAlive: true });
  const servers = await Promise.all(
    actions.map(async (action) => {
      const server = http.createServer((request, response) => {
        const requests = counted[action] ?? { reads: 0, writes: 0 };
        counted[action] = requests;
        requests[isWrite(request) ? 'writes' : 'reads'] += 1;
        forward(target, agent, request, response);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { action, server };
    }),
  );
  const urlOf = (server: http.Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urls: Object.fromEntries(servers.map(({ action, server }) => [action, urlOf(server)])),
    take() {
      const taken = counted;
      counted = {};
      return taken;
    },
    async close() {
      agent.destroy();
      for (const { server } of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

const moduleFor = (target: string): typeof http | typeof https => (target.startsWith('https:') ? https : http);

const isWrite = ({ method, url = '' }: http.IncomingMessage): boolean =>
  method === 'PUT' || method === 'DELETE' || (method === 'POST' && url.includes('/_bulk_docs'));

function forward(
  target: string,
  agent: http.Agent,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): void {
  const { method, url, headers } = request;
  const onward = moduleFor(target).request(
    `${target}${url}`,
    { ...(method !== undefined && { method }), headers, agent },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}
