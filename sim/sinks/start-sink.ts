/*
 * `npm start` and tests must not send messages to a real Slack or bot. A sink takes them instead, and shows them. This
 * file has what all kinds of sinks share.
 */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { FaultQueue } from '../faults.ts';
import { errorAnswer, ok, Refusal, sendAnswer, type TenantAnswer } from '../http/answer.ts';
import { jsonOrText, readApiBody } from '../http/call.ts';
import { endServer, listenOnLoopback } from '../http/listen.ts';
import { parseSinkFaults, type SinkFault } from './sink-fault.ts';

/** One request to a sink. */
export interface SinkCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came. */
  readonly raw: Buffer;
  /** The body as JSON, or as text if it is none. */
  readonly body: unknown;
}

/** What a sink does with a call: it answers with a refusal, or it keeps a message and answers. */
export type SinkTaken<M> = { readonly answer: TenantAnswer } | { readonly answer: TenantAnswer; readonly kept: M };

/** The rules of one kind of sink. */
export interface SinkRules<M> {
  /**
   * The refusal of a path or method that this sink does not serve. Such a call uses up no fault (a failure that a test
   * asks for).
   */
  refuse(call: SinkCall): TenantAnswer | undefined;
  /** The message that the call carries, or the reason why the sink refuses it. */
  take(call: SinkCall): SinkTaken<M>;
  /** The answer that a `status` fault stands for. */
  fail(fault: SinkFault): TenantAnswer;
}

/**
 * A server that takes messages, keeps them, and fails on demand. It stands for Slack or for a bot, to which Cascade
 * sends notices.
 */
export interface Sink {
  /** `<origin>/_sim/messages` (GET, DELETE) and `<origin>/_sim/faults` (GET, PUT) are the control interface. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Starts a sink on 127.0.0.1. Rejects with an Error whose `code` is `EADDRINUSE` if `port` (0 = any free one) is taken.
 */
export async function startSink<M>(port: number, rules: SinkRules<M>): Promise<Sink> {
  const messages: M[] = [];
  const faults = new FaultQueue<SinkFault>();
  const waiting = new Set<NodeJS.Timeout>();

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const origin = await listenOnLoopback(server, port);
  return { origin, close: end };

  async function end(): Promise<void> {
    for (const timer of waiting) clearTimeout(timer);
    await endServer(server);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/'] = (request.url ?? '/').split('?');
    const raw = await readApiBody(request);
    const call = {
      method: request.method ?? 'GET',
      path,
      headers: request.headers,
      raw,
      body: jsonOrText(raw.toString('utf8')),
    };
    if (path.startsWith('/_sim/')) sendAnswer(response, control(call));
    else takeMessage(call, response);
  }

  function control({ method, path, body }: SinkCall): TenantAnswer {
    try {
      switch (`${method} ${path}`) {
        case 'DELETE /_sim/messages':
          messages.length = 0;
          return ok({ data: messages });
        case 'GET /_sim/messages':
          return ok({ data: messages });
        case 'PUT /_sim/faults':
          faults.replace(parseSinkFaults(body));
          return ok({ data: faults.left() });
        case 'GET /_sim/faults':
          return ok({ data: faults.left() });
        default:
          throw new Refusal(404, { code: 'HTTP-404', title: 'Not found' });
      }
    } catch (error) {
      return errorAnswer(error, 'sink');
    }
  }

  function takeMessage(call: SinkCall, response: ServerResponse): void {
    const refusal = rules.refuse(call);
    const text = call.raw.toString('utf8');
    const isDue = (each: SinkFault): each is SinkFault => each.match === undefined || text.includes(each.match);
    const fault = refusal === undefined ? faults.take(isDue) : undefined;
    if (refusal !== undefined) sendAnswer(response, refusal);
    else if (fault?.kind === 'status') sendAnswer(response, rules.fail(fault));
    else if (fault?.kind === 'drop') response.destroy();
    else if (fault?.kind !== 'hang') keep(call, response, fault);
  }

  function keep(call: SinkCall, response: ServerResponse, fault: SinkFault | undefined): void {
    const taken = rules.take(call);
    if ('kept' in taken) messages.push(taken.kept);
    if (fault?.kind === 'lost') response.destroy();
    else if (fault?.kind === 'slow') answerLater(response, taken.answer, fault.ms);
    else sendAnswer(response, taken.answer);
  }

  function answerLater(response: ServerResponse, answer: TenantAnswer, ms: number): void {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      sendAnswer(response, answer);
    }, ms);
    waiting.add(timer);
  }
}
