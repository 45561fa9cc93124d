import type { ActivationResponse } from '../activations.ts';
import type { Reply } from '../containers/container.ts';
import { isHostObject, type Json } from '../json.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';

const SHOWN_OF_TOO_LONG_BYTES = 1_024;
const MEMORY_EXHAUSTED = 'The action exhausted its memory and was aborted.';

const sized = (result: Json): { result: Json; size: number } => ({
  result,
  size: Buffer.byteLength(JSON.stringify(result)),
});

/** The action did its work, or says by a key `error` that it could not. */
export const completed = (result: Json, size = sized(result).size): ActivationResponse =>
  isHostObject(result) && 'error' in result
    ? { result, size, status: 'application error', success: false }
    : { result, size, status: 'success', success: true };

export const applicationError = (error: Json): ActivationResponse => ({
  ...sized({ error }),
  status: 'application error',
  success: false,
});

export const developerError = (error: string): ActivationResponse => ({
  ...sized({ error }),
  status: 'action developer error',
  success: false,
});

export const whiskError = (error: string): ActivationResponse => ({
  ...sized({ error }),
  status: 'whisk internal error',
  success: false,
});

/** What went wrong with `/init`; undefined when nothing did. */
export function readInitReply(reply: Reply, limitMs: number): ActivationResponse | undefined {
  switch (reply.kind) {
    case 'gone':
      return developerError('The action did not initialize and exited unexpectedly.');
    case 'exhausted':
      return developerError(MEMORY_EXHAUSTED);
    case 'late':
      return developerError(`The action exceeded its time limits of ${limitMs} milliseconds during initialization.`);
    case 'reply':
      return reply.status === 200 ? undefined : readFailure(reply.body);
    default:
      return reply satisfies never;
  }
}

/** What `/run` came to. */
export function readRunReply(reply: Reply, limitMs: number): ActivationResponse {
  switch (reply.kind) {
    case 'gone':
      return developerError('The action did not produce a valid response and exited unexpectedly.');
    case 'exhausted':
      return developerError(MEMORY_EXHAUSTED);
    case 'late':
      return developerError(`The action exceeded its time limits of ${limitMs} milliseconds.`);
    case 'reply':
      if (reply.bytes > MAX_PAYLOAD_BYTES) return tooLong(reply.body, reply.bytes);
      return reply.status === 200 ? readResult(reply.body) : readFailure(reply.body);
    default:
      return reply satisfies never;
  }
}

function readResult(body: Buffer): ActivationResponse {
  const result = parse(body);
  if (typeof result === 'object' && result !== null) return completed(result, body.length);
  return developerError(`The action did not produce a valid JSON or JSON Array response: ${body.toString()}`);
}

function readFailure(body: Buffer): ActivationResponse {
  const result = parse(body);
  const error = isHostObject(result) ? result['error'] : undefined;
  return developerError(typeof error === 'string' ? error : body.toString());
}

function tooLong(body: Buffer, bytes: number): ActivationResponse {
  const shown = body.subarray(0, SHOWN_OF_TOO_LONG_BYTES).toString();
  const what = `The action produced a response that exceeded the allowed length: ${bytes} > ${MAX_PAYLOAD_BYTES} bytes.`;
  return applicationError(`${what} The truncated response was: ${shown}`);
}

function parse(body: Buffer): Json | undefined {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
