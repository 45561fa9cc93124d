import type { Answer } from '../answer.ts';
import { type Call, readBody } from '../call.ts';
import { findAction } from '../entities/find-action.ts';
import { type ActionEntity, entryValue } from '../entities/types.ts';
import { notFound, WireError } from '../errors.ts';
import { invoke } from '../invoke/invoke.ts';
import { within } from '../invoke/within.ts';
import { prettyJson } from '../json.ts';
import { hasValidKey } from '../routes/authenticate.ts';
import { requireAcceptable } from './accept.ts';
import { webCors } from './cors.ts';
import { requireWebAuth } from './web-auth.ts';
import { webParameters } from './web-parameters.ts';
import { readWebTarget, type WebTarget } from './web-path.ts';
import { webAnswer } from './web-response.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** A call of a web action or web sequence below `/api/v1/web`. */
export async function serveWeb(call: Call): Promise<Answer> {
  if (!METHODS.includes(call.method)) throw new WireError(405, 'HTTP method not allowed');
  const body = await readBody(call);
  const target = readWebTarget(call.rawSegments.slice(3), call.host.namespace);
  const action = findAction(call.host.entities, target.key);
  if (action === undefined || entryValue(action.annotations, 'web-export') !== true) throw notFound();
  call.host.throttle.admitCall();
  if (call.method === 'OPTIONS') {
    if (entryValue(action.annotations, 'web-custom-options') === true) return run(call, action, target, body);
    return { status: 200, headers: webCors(call), body: '' };
  }
  return withCors(call, () => {
    requireWebAuth(call, action, hasValidKey(call) === true);
    return run(call, action, target, body);
  });
}

async function run(call: Call, action: ActionEntity, target: WebTarget, body: Buffer): Promise<Answer> {
  const { host, transactionId } = call;
  const user = hasValidKey(call) === true ? host.namespace : undefined;
  const payload = webParameters(call, action, target.path, user, body);
  const { activationId, ended } = invoke(host, action, payload, { transactionId });
  const record = await within(ended, host.waitCeilingMs);
  const answer = asAnswer(call, () => {
    if (record === undefined) throw new WireError(202, 'Response not yet ready.');
    const mapped = webAnswer(record.response, target.suffix);
    requireAcceptable(call.request.headers.accept, mapped);
    return mapped;
  });
  return { ...answer, headers: [...answer.headers, ['x-openwhisk-activation-id', activationId]] };
}

async function withCors(call: Call, work: () => Promise<Answer>): Promise<Answer> {
  const answer = await Promise.resolve()
    .then(work)
    .catch((error: unknown) => webError(call, error));
  return { ...answer, headers: [...webCors(call), ...answer.headers] };
}

function asAnswer(call: Call, work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    return webError(call, error);
  }
}

/** A refusal as web calls show it: pretty-printed. Anything else that was thrown goes on up. */
export function webError({ transactionId }: Call, error: unknown): Answer {
  if (!(error instanceof WireError)) throw error;
  return {
    status: error.status,
    headers: [['content-type', 'application/json'], ...Object.entries(error.headers)],
    body: prettyJson({ code: transactionId, error: error.message }),
  };
}
