import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { clockRoutes } from '../routes/clock.ts';
import { consoleRoutes } from '../routes/console.ts';
import { controlRoutes } from '../routes/control.ts';
import { appControlRoutes } from '../routes/control-apps.ts';
import { peopleControlRoutes } from '../routes/control-people.ts';
import { untilKept } from '../state/state-file.ts';
import type { Tenant } from '../tenant.ts';
import { badRequest, errorAnswer, forbiddenScope, noSuchThing, sendAnswer, type TenantAnswer } from './answer.ts';
import { readApiBody, type TenantCall } from './call.ts';
import { createRouter } from './router.ts';
import { createApi, type SeenCall } from './serve-api.ts';

/** The tenant's server, not listening yet: the API, and the control interface under `/_sim`. */
export function createTenantServer(tenant: Tenant): Server {
  const api = createApi(tenant);
  const control = createRouter([
    ...controlRoutes(tenant, api.isRoute),
    ...appControlRoutes(tenant),
    ...peopleControlRoutes(tenant),
    ...clockRoutes(tenant),
    ...consoleRoutes(),
  ]);

  async function serveControl(call: TenantCall): Promise<TenantAnswer> {
    const { origin = call.origin } = call.headers;
    if (origin !== call.origin) throw forbiddenScope('A web page of somebody else may not use the control interface.');
    const match = control(call.method, call.path);
    if (match === undefined) throw noSuchThing(`The control interface has no ${call.method} ${call.path}.`);
    return match.route.handle({ ...call, params: match.params });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAt = tenant.clock.preciseNow();
    const isControl = /^\/_sim(?![^/?])/.test(request.url ?? '');
    const seen: SeenCall = {};
    const call = async () => {
      refuseForeignHost(request.headers.host);
      return readCall(request);
    };
    const serve = async () => {
      const result = await (isControl ? serveControl(await call()) : api.serve(await call(), response, seen));
      if (request.method !== 'GET') tenant.keeper?.changed();
      if (tenant.keeper !== undefined) await untilKept(tenant.keeper);
      return result;
    };
    const send = (result: TenantAnswer | undefined) => {
      if (result !== undefined) sendAnswer(response, result);
      return result;
    };
    const result = await serve()
      .then(send)
      .catch((error: unknown) => send(errorAnswer(error, tenant.chance.traceId())));
    if (!isControl) journalCall(tenant, request, seen, result, receivedAt);
  }

  // Longer than clients keep idle connections: a call must not meet one that is being closed.
  return createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error('The simulated tenant failed:', error);
      response.destroy();
    });
  });
}

function refuseForeignHost(host: string | undefined): void {
  const isLoopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host ?? '');
  if (!isLoopback) throw forbiddenScope('The Host is not this machine.');
}

async function readCall(request: IncomingMessage): Promise<TenantCall> {
  const origin = `http://${request.headers.host}`;
  const target = `${origin}${request.url}`;
  if (!URL.canParse(target)) throw badRequest('The path is not understood.');
  const { pathname: path, searchParams: query } = new URL(target);
  const { method = 'GET', headers } = request;
  return { method, path, query, params: {}, headers, body: await readApiBody(request), origin };
}

/** A call without an answer has neither status nor `answeredAt`. */
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
