import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it came in. */
interface Received {
  /** `POST /api/v1/reloads` */
  readonly call: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The caller's end of the connection. */
  readonly port: number | undefined;
  /** Resolves when the request's connection is closed. */
  closed(): Promise<void>;
}

export type Answerer = (response: ServerResponse, received: Received) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** Answers with JSON. */
export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answerer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** Starts a server on a free port. It gives one of `answers` to each request, in order, and then answers 418. */
export async function startScriptedServer(...answers: readonly Answerer[]): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const { socket } = request;
    const closed = () =>
      new Promise<void>((resolve) => {
        if (socket.destroyed) resolve();
        else socket.once('close', () => resolve());
      });
    const body = await text(request);
    const entry = {
      call: `${request.method} ${request.url}`,
      headers: request.headers,
      body,
      port: socket.remotePort,
      closed,
    };
    received.push(entry);
    (answers[received.length - 1] ?? json(418, {}))(response, entry);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
