/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. This file is its
 * HTTP server. Beside Qlik's API it serves a control interface (`/_sim`), by which tests and `npm start` change the
 * tenant.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { controlRoutes } from '../routes/control.ts';
import { appControlRoutes } from '../routes/control-apps.ts';
import type { Tenant } from '../tenant.ts';
import { badRequest, errorAnswer, forbidden, notFound, sendAnswer, type TenantAnswer } from './answer.ts';
import { readApiBody, type TenantCall } from './call.ts';
import { createRouter } from './router.ts';
import { type SeenCall, serveApi } from './serve-api.ts';

const findControl = createRouter<TenantCall>({ ...controlRoutes, ...appControlRoutes });

/** Makes the tenant's server: the API, and the control interface under `/_sim`. It does not listen yet. */
export function createTenantServer(tenant: Tenant): Server {
  const answerCall = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const receivedAt = tenant.clock.preciseNow();
    // `/_sim`, `/_sim/apps` and `/_sim?x=1`, but not `/_simple`.
    const isControl = /^\/_sim(?![^/?])/.test(request.url ?? '');
    const seen: SeenCall = {};
    const serve = async () => {
      const call = await readCall(request);
      const answer = await (isControl ? serveControl(tenant, call) : serveApi(tenant, call, response, seen));
      if (request.method !== 'GET') tenant.keeper?.changed();
      // The answer waits until the state file has the change. Otherwise a crash could undo a change that was answered.
      await tenant.keeper?.settled();
      return answer;
    };
    const send = (answer: TenantAnswer | undefined) => {
      if (answer !== undefined) sendAnswer(response, answer);
      return answer;
    };
    const answer = await serve()
      .then(send)
      .catch((error: unknown) => send(errorAnswer(error, tenant.chance.traceId())));
    if (!isControl) journalCall(tenant, request, seen, answer, receivedAt);
  };
  // Clients usually close an idle connection earlier. So hardly a call arrives on a connection that the server is
  // closing.
  return createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    answerCall(request, response).catch((error: unknown) => {
      console.error('The simulated tenant failed:', error);
      response.destroy();
    });
  });
}

async function serveControl(tenant: Tenant, call: TenantCall): Promise<TenantAnswer> {
  const { origin = call.origin } = call.headers;
  if (origin !== call.origin) throw forbidden('A web page from elsewhere may not use the control interface.');
  const route = findControl(call.method, call.path);
  if (route === undefined) throw notFound(`The control interface has no ${call.method} ${call.path}.`);
  return route.handle(tenant, { ...call, params: route.params });
}

async function readCall(request: IncomingMessage): Promise<TenantCall> {
  const { method = 'GET', headers } = request;
  const isLoopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(headers.host ?? '');
  if (!isLoopback) throw forbidden('The Host is not this machine.');
  const origin = `http://${headers.host}`;
  const target = `${origin}${request.url}`;
  if (!URL.canParse(target)) throw badRequest('The path is not a path of a URL.');
  const { pathname: path, searchParams: query } = new URL(target);
  return { method, path, query, params: {}, headers, body: await readApiBody(request), origin };
}

/**
 * Writes a call into the journal (the tenant's list of what happened). If the call got no answer, its entry has neither
 * `status` nor `answeredAt`.
 */
function journalCall(
  tenant: Tenant,
  request: IncomingMessage,
  seen: SeenCall,
  answer: TenantAnswer | undefined,
  receivedAt: number,
): void {
  tenant.journal.add('request', {
    method: request.method,
    path: request.url,
    status: answer?.status,
    user: seen.userId,
    appId: seen.appId,
    body: seen.body,
    receivedAt,
    answeredAt: answer === undefined ? undefined : tenant.clock.preciseNow(),
  });
}
