/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. A web action can be called by its URL; Cascade's webhook receiver is one. This file answers such a call.
 */

import { entityNotFound, type HeaderLines, HostError, notAllowed, openCors, type RestAnswer } from '../answer.ts';
import { type RestCall, readPayload } from '../call.ts';
import { readName } from '../entities/names.ts';
import { findAction } from '../entities/store.ts';
import { type ActionEntity, entryValue } from '../entities/types.ts';
import { invoke } from '../invoke/invoke.ts';
import { prettyJson } from '../json.ts';
import { hasValidKey } from '../routes/authenticate.ts';
import { within } from '../within.ts';
import { requireAcceptable } from './media-type.ts';
import { webParameters } from './web-parameters.ts';
import { type Suffix, webAnswer } from './web-response.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** The parts of a web call's URL. */
interface WebTarget {
  /** `action`, or `package/action`. */
  readonly key: string;
  readonly suffix: Suffix;
  /** The rest of the path, still percent-encoded; `""` if there is none. */
  readonly path: string;
}

/**
 * Answers a call of a web action or web sequence below `/api/v1/web`. Once the action is found, most refusals are
 * returned as an answer, with the CORS headers.
 *
 * @throws HostError for the other refusals, such as 404 if the path names no web action, 405 for another method, 413
 *   for a body of more than 1 MB and 429 if the limits are used up; ChunkTooLarge for a chunk of more than 1 MB;
 *   ArrayResult if the result is an array.
 */
export async function serveWeb(call: RestCall): Promise<RestAnswer> {
  const { host, method } = call;
  if (!METHODS.includes(method)) throw notAllowed();
  const body = await readPayload(call);
  const target = readWebTarget(call.rawSegments.slice(3), host.namespace);
  const action = findAction(host.entities, target.key);
  if (action === undefined || entryValue(action.annotations, 'web-export') !== true) throw entityNotFound();
  host.throttle.admitCall();
  if (method === 'OPTIONS') {
    if (entryValue(action.annotations, 'web-custom-options') === true) return runWeb(call, action, target, body);
    return { status: 200, headers: webCors(call), body: '' };
  }
  const answer = await orRefusal(call, () => {
    if (mayCall(call, action)) return runWeb(call, action, target, body);
    throw new HostError(401, 'Authentication is possible but has failed or not yet been provided.');
  });
  return { ...answer, headers: [...webCors(call), ...answer.headers] };
}

// For example `dashboard.html`: the name and its suffix.
const SUFFIX = /^(.+)\.(http|json|html|svg|text)$/;

/**
 * Parses `{ns}/{package|default}/{action}[.suffix][/rest]`.
 *
 * @throws HostError 404 if the path cannot name an action of this namespace.
 */
function readWebTarget(rawSegments: readonly string[], namespace: string): WebTarget {
  const [ns, rawPackage, rawAction, ...rest] = rawSegments;
  if (ns !== namespace || !rawPackage || !rawAction) throw entityNotFound();
  const [, name = rawAction, suffix = 'http'] = SUFFIX.exec(rawAction) ?? [];
  const action = readName(name);
  return {
    key: rawPackage === 'default' ? action : `${readName(rawPackage)}/${action}`,
    suffix: suffix as Suffix,
    path: rest.map((segment) => `/${segment}`).join(''),
  };
}

/** Invokes the action, and makes the answer of its result. */
async function runWeb(call: RestCall, action: ActionEntity, target: WebTarget, body: Buffer): Promise<RestAnswer> {
  const { host, transactionId } = call;
  const payload = webParameters(call, action, target.path, body);
  const { activationId, ended } = invoke(host, action, payload, { transactionId });
  const record = await within(ended, host.waitCeilingMs);
  const answer = await orRefusal(call, () => {
    if (record === undefined) throw new HostError(202, 'Response not yet ready.');
    const mapped = webAnswer(record.response, target.suffix);
    requireAcceptable(call.request.headers.accept, mapped);
    return mapped;
  });
  return { ...answer, headers: [...answer.headers, ['x-openwhisk-activation-id', activationId]] };
}

/** The answer that `work` returns. If it throws a HostError, the answer for that error. */
async function orRefusal(call: RestCall, work: () => RestAnswer | Promise<RestAnswer>): Promise<RestAnswer> {
  try {
    return await work();
  } catch (error) {
    return webError(call, error);
  }
}

/**
 * The answer for a refusal of a web call: pretty-printed JSON.
 *
 * @throws any error that is no HostError, again.
 */
export function webError({ transactionId }: RestCall, error: unknown): RestAnswer {
  if (!(error instanceof HostError)) throw error;
  return {
    status: error.status,
    headers: [['content-type', 'application/json'], ...Object.entries(error.headers)],
    body: prettyJson({ code: transactionId, error: error.message }),
  };
}

/**
 * Whether the caller has what the action's annotation `require-whisk-auth` asks for: the namespace's key if it is true,
 * or this text in the header `x-require-whisk-auth`.
 */
function mayCall(call: RestCall, action: ActionEntity): boolean {
  const required = entryValue(action.annotations, 'require-whisk-auth');
  switch (typeof required) {
    case 'undefined':
      return true;
    case 'boolean':
      return !required || hasValidKey(call) === true;
    case 'string':
    case 'number':
      return call.request.headers['x-require-whisk-auth'] === String(required);
    default:
      return false;
  }
}

/** The CORS headers of a web call. A web page may send each header for which its preflight asks. */
function webCors({ request }: RestCall): HeaderLines {
  const asked = request.headers['access-control-request-headers'];
  return openCors('OPTIONS, GET, DELETE, POST, PUT, HEAD, PATCH', asked as string | undefined);
}
