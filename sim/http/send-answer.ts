import type { ServerResponse } from 'node:http';
import { StateError } from '../state/state-file.ts';
import { type Answer, Refusal } from './answer.ts';

/** Writes `answer` out; JSON if it has a body, else its text if it has one. Does nothing once the caller is gone. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (response.destroyed || response.headersSent) return;
  const text = answer.body === undefined ? answer.text : JSON.stringify(answer.body);
  const bytes = Buffer.from(text ?? '', 'utf8');
  const media = answer.body === undefined ? 'text/plain' : 'application/json';
  const type = text === undefined ? {} : { 'Content-Type': `${media}; charset=UTF-8` };
  const length = answer.status === 204 ? {} : { 'Content-Length': bytes.length };
  response.writeHead(answer.status, { ...type, ...length, ...answer.headers }).end(bytes);
}

/**
 * What `error` answers: a refusal its own status and `{errors: […], traceId}`; a state that cannot be
 * kept says why; anything else is a bug of the simulation, told on stderr.
 */
export function errorAnswer(error: unknown, traceId: string): Answer {
  if (error instanceof Refusal) {
    return { status: error.status, headers: error.headers, body: { errors: [error.entry], traceId } };
  }
  const title = 'Internal server error';
  if (error instanceof StateError) {
    console.error(`The simulated tenant failed: ${error.message}`);
    return { status: 500, body: { errors: [{ code: 'HTTP-500', title, detail: error.message }], traceId } };
  }
  console.error('The simulated tenant failed:', error);
  return { status: 500, body: { errors: [{ code: 'HTTP-500', title }], traceId } };
}
