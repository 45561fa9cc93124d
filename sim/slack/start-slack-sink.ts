import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isObject, parseApiJson, readApiBody } from '../http/call.ts';
import { type SlackFault, SlackFaults } from './slack-faults.ts';

/** One message that was posted and taken. */
export interface SlackMessage {
  /** Which webhook: the path below `/services/`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SlackSink {
  /** Where to post to. Any other path below `/services/` is taken too. */
  readonly url: string;
  /** Where the control interface is: `<origin>/_sim/messages` and `/_sim/faults`. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Starts a stand-in for Slack's incoming webhooks on 127.0.0.1: takes what Slack takes, answers in Slack's words (plain
 * text, not JSON), keeps the messages, and fails on demand. Rejects with an Error whose `code` is `EADDRINUSE` if `port`
 * (0 = any free one) is taken.
 */
export async function startSlackSink({ port = 0 }: { readonly port?: number } = {}): Promise<SlackSink> {
  const messages: SlackMessage[] = [];
  const faults = new SlackFaults();
  const server = createServer((request, response) => {
    void serve(request, response, messages, faults).catch(() => response.destroy());
  });
  await listen(server, port);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `${origin}/services/T000/B000/simulated`, origin, close };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  messages: SlackMessage[],
  faults: SlackFaults,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const body = parse(await readApiBody(request));
  const send = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const isText = typeof value === 'string';
    const type = { 'Content-Type': isText ? 'text/html' : 'application/json; charset=UTF-8' };
    response.writeHead(status, { ...type, ...headers }).end(isText ? value : JSON.stringify(value));
  };
  switch (`${request.method} ${path}`) {
    case 'GET /_sim/messages':
      send(200, { data: messages });
      break;
    case 'DELETE /_sim/messages':
      messages.length = 0;
      send(200, { data: messages });
      break;
    case 'GET /_sim/faults':
      send(200, { data: faults.left() });
      break;
    case 'PUT /_sim/faults': {
      const problem = faults.replace(body);
      if (problem === undefined) send(200, { data: faults.left() });
      else send(400, { error: problem });
      break;
    }
    default:
      takePost({ method: request.method, path, body, send, response, messages, faults });
  }
}

interface Posted {
  readonly method: string | undefined;
  readonly path: string;
  readonly body: unknown;
  readonly send: (status: number, value: unknown, headers?: Readonly<Record<string, string>>) => void;
  readonly response: ServerResponse;
  readonly messages: SlackMessage[];
  readonly faults: SlackFaults;
}

/** In Slack's order: the path, the method, its own failures, the payload. */
function takePost({ method, path, body, send, response, messages, faults }: Posted): void {
  const refusal = path.startsWith('/services/') ? (method === 'POST' ? undefined : INVALID_METHOD) : NO_SERVICE;
  if (refusal !== undefined) {
    send(refusal[0], refusal[1]);
    return;
  }
  const fault = faults.take();
  if (fault !== undefined) {
    failAsTold(fault, send, response);
    return;
  }
  const message = readMessage(body);
  if (typeof message === 'string') {
    send(400, message);
    return;
  }
  messages.push({ path: path.slice('/services/'.length), body: message });
  send(200, 'ok');
}

const NO_SERVICE = [404, 'no_service'] as const;
const INVALID_METHOD = [405, 'invalid_method'] as const;

/** The message, or Slack's word for why it is none. */
function readMessage(body: unknown): Record<string, unknown> | string {
  if (!isObject(body)) return 'invalid_payload';
  const hasText = typeof body['text'] === 'string' && body['text'] !== '';
  return hasText || Array.isArray(body['blocks']) || Array.isArray(body['attachments']) ? body : 'no_text';
}

function failAsTold(fault: SlackFault, send: Posted['send'], response: ServerResponse): void {
  if (fault.kind === 'status') send(fault.status, fault.body, fault.headers);
  else if (fault.kind === 'drop') response.destroy();
  // What a `hang` hits gets no answer.
}

function parse(bytes: Buffer): unknown {
  try {
    return parseApiJson(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
