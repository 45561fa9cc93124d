import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** Requests that reached the store. */
export interface Requests {
  readonly reads: number;
  readonly writes: number;
}

/** A way to the store for each action, which counts what goes through. */
export interface StoreCounters {
  /** Where an action finds the store, without user and password. */
  readonly urls: Readonly<Record<string, string>>;
  /** By action, since last asked; actions that asked nothing are left out. */
  take(): Readonly<Record<string, Requests>>;
  close(): Promise<void>;
}

/** Puts itself between the actions and the store at `target`. */
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
