/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. This file decides from an action's result whether the activation (the run of the action) succeeded. Words and
 * sizes are OpenWhisk's.
 */

import { jsonBytes } from '../../../src/core/payload.ts';
import type { ActivationResponse, ActivationStatus } from '../activations.ts';
import type { Reply } from '../containers/container.ts';
import { isHostObject, type Json } from '../json.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';

/** If a result is too long, the error shows so much of it, as in OpenWhisk. */
const SHOWN_OF_TOO_LONG_BYTES = 1_024;

/** The response of a failed activation. Its result is `{ error }`. */
export function failed(status: ActivationStatus, error: Json): ActivationResponse {
  const result = { error };
  return { result, size: jsonBytes(result), status, success: false };
}

/** The response for an action's result. If the result has a key `error`, the activation has failed. */
export function completed(result: Json, size = jsonBytes(result)): ActivationResponse {
  const success = !isHostObject(result) || !('error' in result);
  return { result, size, status: success ? 'success' : 'application error', success };
}

const developerError = (error: string): ActivationResponse => failed('action developer error', error);

/** OpenWhisk's words for a failure of each request: `/init` loads an action's code into a container, `/run` runs it. */
const PHASES = {
  '/init': { task: 'initialize', when: ' during initialization' },
  '/run': { task: 'produce a valid response', when: '' },
};

/** Makes the response of an activation from a container's reply to `/init` or `/run`. */
export function readReply(url: '/init' | '/run', reply: Reply, limitMs: number): ActivationResponse {
  const { task, when } = PHASES[url];
  switch (reply.kind) {
    case 'gone':
      return developerError(`The action did not ${task} and exited unexpectedly.`);
    case 'exhausted':
      return developerError('The action exhausted its memory and was aborted.');
    case 'late':
      return developerError(`The action exceeded its time limits of ${limitMs} milliseconds${when}.`);
    case 'reply':
      if (url === '/run' && reply.bytes > MAX_PAYLOAD_BYTES) return tooLong(reply.body, reply.bytes);
      return reply.status === 200 ? readResult(reply.body) : readError(reply.body);
    default:
      return reply satisfies never;
  }
}

function readResult(body: Buffer): ActivationResponse {
  const result = parse(body);
  if (typeof result === 'object' && result !== null) return completed(result, body.length);
  return developerError(`The action did not produce a valid JSON or JSON Array response: ${body.toString()}`);
}

function readError(body: Buffer): ActivationResponse {
  const result = parse(body);
  const error = isHostObject(result) ? result['error'] : undefined;
  return developerError(typeof error === 'string' ? error : body.toString());
}

function tooLong(body: Buffer, bytes: number): ActivationResponse {
  const shown = body.subarray(0, SHOWN_OF_TOO_LONG_BYTES).toString();
  const what = `The action produced a response that exceeded the allowed length: ${bytes} > ${MAX_PAYLOAD_BYTES} bytes.`;
  return failed('application error', `${what} The truncated response was: ${shown}`);
}

function parse(body: Buffer): Json | undefined {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
