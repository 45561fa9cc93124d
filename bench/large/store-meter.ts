import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** A proxy of the store that measures the sizes of answers. */
export interface StoreMeter {
  readonly url: string;
  /** Returns the bytes of the largest answer that was read to its end since the last call. */
  takeLargest(): number;
  close(): Promise<void>;
}

/** Starts the proxy before the store at `target`. */
export async function startStoreMeter(target: string): Promise<StoreMeter> {
  let largest = 0;
  const { Agent, request: send } = target.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const { method = 'GET', url, headers } = request;
    const onward = send(`${target}${url}`, { method, headers, agent }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('finish', () => {
        largest = Math.max(largest, bytes);
      });
      // If the client gives an answer up, the proxy stops reading it, too.
      response.on('close', () => answer.destroy());
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeLargest() {
      const taken = largest;
      largest = 0;
      return taken;
    },
    async close() {
      agent.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}
