import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TenantInTest } from './use-tenant.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests are about
  readonly event: any;
}

/** A web server that records the posts that it gets. */
export class Receiver {
  received: Received[] = [];
  /** The receiver's answer. With status 0 it never answers. */
  answer: { status: number; headers?: Record<string, string>; body?: string | Buffer } = { status: 200, body: 'fine' };
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<void> {
    this.received = [];
    this.answer = { status: 200, body: 'fine' };
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      this.received.push({ headers: request.headers, bytes, event: parse(bytes) });
      const { status, headers = {}, body = '' } = this.answer;
      if (status > 0) response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  /** Makes an enabled webhook to this receiver for both event types, and returns its id. */
  async subscribe(tenant: TenantInTest, more: Record<string, unknown> = {}): Promise<string> {
    const eventTypes = ['com.qlik.v1.reload.finished', 'com.qlik.v1.app.reload.finished'];
    const body = { name: 'hook', url: this.url, enabled: true, eventTypes, ...more };
    return (await tenant.call('POST', '/api/core/webhooks', body)).body.id;
  }
}

/** Registers hooks that start a receiver before each test and stop it afterwards. */
export function useReceiver(): Receiver {
  const receiver = new Receiver();
  beforeEach(() => receiver.start());
  afterEach(() => receiver.stop());
  return receiver;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
