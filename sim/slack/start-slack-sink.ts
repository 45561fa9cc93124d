import { createServer, type IncomingMessage } from 'node:http';
import { FaultQueue } from '../faults.ts';
import { ok, sendAnswer, type TenantAnswer } from '../http/answer.ts';
import { isObject, jsonOrText, readApiBody } from '../http/call.ts';
import { endServer, listenOnLoopback } from '../http/listen.ts';
import { refuseHeaders } from '../http/refuse-headers.ts';
import { HEADERS, ONE_OR_MORE, parseEach, parserOf, wholeNumber } from '../http/schema.ts';

/** One message that the sink accepted. */
export interface SlackMessage {
  /** The webhook to which the message was posted: the path below `/services/`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SlackSink {
  /** The address to post to. The sink also accepts any other path below `/services/`. */
  readonly url: string;
  /** The start of the control interface's addresses, `<origin>/_sim/messages` and `<origin>/_sim/faults`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** A failure that will happen: another answer, a cut connection, or no answer. */
interface SlackFault {
  readonly kind: 'status' | 'drop' | 'hang';
  readonly times: number;
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const parseFault = parserOf<SlackFault>('A fault', {
  type: 'object',
  required: ['kind'],
  properties: {
    kind: { enum: ['status', 'drop', 'hang'] },
    times: { ...ONE_OR_MORE, default: 1 },
    status: { ...wholeNumber(200, 599), default: 500 },
    body: { type: 'string', default: 'rollup_error' },
    headers: HEADERS,
  },
});

/** What the sink holds. */
interface SinkState {
  readonly messages: SlackMessage[];
  readonly faults: FaultQueue<SlackFault>;
}

/**
 * Starts a stand-in for Slack's incoming webhooks on 127.0.0.1. It accepts what Slack accepts, and answers in Slack's
 * words, which are plain text. It keeps the messages, and fails on demand.
 *
 * @param port - 0 = any free port. If the port is in use, it rejects with an Error whose `code` is `EADDRINUSE`.
 */
export async function startSlackSink({ port = 0 }: { readonly port?: number } = {}): Promise<SlackSink> {
  const state: SinkState = { messages: [], faults: new FaultQueue() };
  const server = createServer((request, response) => {
    serve(request, state)
      .then((answer) => {
        if (answer === 'drop') response.destroy();
        else if (answer !== 'hang') sendAnswer(response, answer);
      })
      .catch(() => response.destroy());
  });
  const origin = await listenOnLoopback(server, port);
  return { url: `${origin}/services/T000/B000/simulated`, origin, close: () => endServer(server) };
}

/** Answers a request. `drop` means that the connection is cut, and `hang` that nothing is answered. */
async function serve(request: IncomingMessage, state: SinkState): Promise<TenantAnswer | 'drop' | 'hang'> {
  const { messages, faults } = state;
  const [path = '/'] = (request.url ?? '/').split('?');
  const body = jsonOrText((await readApiBody(request)).toString('utf8'));
  switch (`${request.method} ${path}`) {
    case 'GET /_sim/messages':
      return ok({ data: messages });
    case 'DELETE /_sim/messages':
      messages.length = 0;
      return ok({ data: messages });
    case 'GET /_sim/faults':
      return ok({ data: faults.left() });
    case 'PUT /_sim/faults':
      return putFaults(faults, body);
    default:
      return takePost(request.method, path, body, state);
  }
}

function putFaults(faults: FaultQueue<SlackFault>, body: unknown): TenantAnswer {
  try {
    const parsed = parseEach(body, parseFault);
    for (const { headers } of parsed) refuseHeaders(headers, 'headers');
    faults.replace(parsed);
    return ok({ data: faults.left() });
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

/** Accepts or refuses a message. It checks the same things as Slack, in the same order: path, method, faults, content. */
function takePost(
  method: string | undefined,
  path: string,
  body: unknown,
  { messages, faults }: SinkState,
): TenantAnswer | 'drop' | 'hang' {
  if (!path.startsWith('/services/')) return slackAnswer(404, 'no_service');
  if (method !== 'POST') return slackAnswer(405, 'invalid_method');
  const fault = faults.take((_): _ is SlackFault => true);
  if (fault !== undefined) {
    return fault.kind === 'status' ? slackAnswer(fault.status, fault.body, fault.headers) : fault.kind;
  }
  if (!isObject(body)) return slackAnswer(400, 'invalid_payload');
  const hasText = typeof body['text'] === 'string' && body['text'] !== '';
  const hasContent = hasText || Array.isArray(body['blocks']) || Array.isArray(body['attachments']);
  if (!hasContent) return slackAnswer(400, 'no_text');
  messages.push({ path: path.slice('/services/'.length), body });
  return slackAnswer(200, 'ok');
}

function slackAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): TenantAnswer {
  return { status, text, headers: { 'Content-Type': 'text/html', ...headers } };
}
