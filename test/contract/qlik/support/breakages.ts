import { type HttpRequest, withHeader, withJson, withStatus } from '../../../support/altering-proxy.ts';
import { type Breakage as AnyBreakage, answersTo, bodiesOf } from '../../support/break.ts';
import { NOBODY } from './fact.ts';
import type { Alteration } from './qlik-in-test.ts';

/** A change of the tenant's calls or deliveries that makes one fact untrue. */
export interface Breakage extends Omit<AnyBreakage, 'rule'> {
  readonly alteration: Alteration;
}

const answers = (...which: Parameters<typeof answersTo>): Alteration => ({ api: answersTo(...which) });

const bodies = (...which: Parameters<typeof bodiesOf>): Alteration => ({ api: bodiesOf(...which) });

/** Adds `name=value` to the query of lists of `path` that have no `name`. */
function queries(path: string, name: string, value: string): Alteration {
  const alter = (request: HttpRequest): HttpRequest => {
    const url = new URL(request.path, 'http://localhost');
    if (url.pathname !== path || url.searchParams.has(name)) return request;
    url.searchParams.set(name, value);
    return { ...request, path: `${url.pathname}${url.search}` };
  };
  return { api: { request: alter } };
}

function deliveries(request: (request: HttpRequest) => HttpRequest): Alteration {
  return { deliveries: { request } };
}

const TOKEN = /^\/oauth\/token$/;
const RELOADS = /^\/api\/v1\/reloads(\?|$)/;
const CANCEL = /\/actions\/cancel$/;

/** Changes of what passes between the suite and the server. Each makes one fact untrue, and its test must fail. */
export const BREAKAGES: readonly Breakage[] = [
  {
    id: 'q-tokens-01',
    how: 'a token tells that it lives for an hour',
    alteration: bodies('POST', TOKEN, 200, (body) => ({ ...body, expires_in: 3600 })),
  },
  {
    id: 'q-tokens-04',
    how: 'the subject of a bot is its client id alone',
    alteration: bodies('GET', /\/users\/me$/, 200, (me) => ({ ...me, subject: me.subject.replace('qlikbot\\', '') })),
  },
  {
    id: 'q-tokens-07',
    how: 'a 401 has no traceId',
    alteration: bodies('POST', /^\/api\//, 401, ({ errors }) => ({ errors })),
  },
  {
    id: 'q-reloads-post-03',
    how: 'a reload by API is of type hub',
    alteration: bodies('POST', RELOADS, 201, (reload) => ({ ...reload, type: 'hub' })),
  },
  {
    id: 'q-reloads-post-07',
    how: 'weight 11 is taken for 10',
    alteration: { api: { request: asWeight10 } },
  },
  {
    id: 'q-reloads-post-12',
    how: 'an unknown app is told in other words',
    alteration: bodies('POST', RELOADS, 404, (body) => {
      body.errors[0].title = 'Not found.';
    }),
  },
  {
    id: 'q-reloads-post-13',
    how: 'a pending reload has the code of a missing right',
    alteration: bodies('POST', RELOADS, 429, (body) => {
      body.errors[0].code = 'RELOADS-003';
    }),
  },
  {
    id: 'q-reloads-list-03',
    how: 'without limit there are 20',
    alteration: queries('/api/v1/reloads', 'limit', '20'),
  },
  {
    id: 'q-reloads-list-07',
    how: 'links.next is a path alone',
    alteration: bodies('GET', RELOADS, 200, ({ links }) => {
      if (links.next !== undefined) links.next.href = links.next.href.replace(/^http:\/\/[^/]+/, '');
    }),
  },
  {
    id: 'q-reloads-list-10',
    how: 'the log comes unasked',
    alteration: queries('/api/v1/reloads', 'log', 'true'),
  },
  {
    id: 'q-reloads-get-02',
    how: 'an unknown id is 400',
    alteration: answers('GET', new RegExp(`/${NOBODY}$`), 404, (answer) => withStatus(answer, 400)),
  },
  {
    id: 'q-cancel-02',
    how: 'a reload that runs is said to be canceled at once',
    alteration: bodies('POST', CANCEL, 202, () => ({ status: 'CANCELED' })),
  },
  {
    id: 'q-cancel-03',
    how: 'a reload that has ended is 400',
    alteration: answers('POST', CANCEL, 409, (answer) => withStatus(answer, 400)),
  },
  {
    id: 'q-states-06',
    how: 'a type has another name',
    alteration: bodies('GET', RELOADS, 200, ({ data }) => {
      for (const reload of data) reload.type = reload.type.replace('data-refresh', 'data_refresh');
    }),
  },
  {
    id: 'q-errors-01',
    how: 'an unknown app has an error without title',
    alteration: bodies('GET', /^\/api\/v1\/apps\//, 404, (body) => {
      delete body.errors[0].title;
    }),
  },
  {
    id: 'q-rate-02',
    how: 'Retry-After is not the number in the detail',
    alteration: answers('POST', RELOADS, 429, (answer) =>
      withHeader(answer, 'retry-after', String(Number(answer.headers['retry-after']) + 1)),
    ),
  },
  {
    id: 'q-items-apps-spaces-03',
    how: 'a resourceId without resourceType is served',
    alteration: queries('/api/v1/items', 'resourceType', 'app'),
  },
  {
    id: 'q-items-apps-spaces-08',
    how: 'a log comes without charset',
    alteration: answers('GET', /\/reloads\/logs\/./, 200, (answer) => withHeader(answer, 'content-type', 'text/plain')),
  },
  {
    id: 'q-audits-01',
    how: 'audits are oldest first',
    alteration: bodies('GET', /^\/api\/v1\/audits\?/, 200, ({ data }) => {
      data.reverse();
    }),
  },
  {
    id: 'q-webhooks-crud-04',
    how: 'a secret of 65 characters is cut',
    alteration: { api: { request: withCutSecret } },
  },
  {
    id: 'q-deliveries-02',
    how: 'a delivery comes from another agent',
    alteration: deliveries((request) => withHeader(request, 'user-agent', 'Qlik')),
  },
  {
    id: 'q-deliveries-05',
    how: 'a redirect is told in other words',
    alteration: bodies('GET', /\/deliveries$/, 200, ({ data }) => {
      for (const delivery of data)
        delivery.statusMessage = delivery.statusMessage.replace(/^redirects.*/, 'redirected');
    }),
  },
  {
    id: 'q-signature-02',
    how: 'a delivery without secret is signed',
    alteration: deliveries((request) =>
      request.headers['qlik-signature'] === undefined ? withHeader(request, 'qlik-signature', 'a'.repeat(64)) : request,
    ),
  },
  {
    id: 'q-envelopes-06',
    how: 'a personal space has an id',
    alteration: deliveries((request) => withJson(request, (event) => ({ spaceid: 'personal', ...event }))),
  },
  {
    id: 'q-envelopes-08',
    how: 'the duration is in seconds',
    alteration: deliveries((request) =>
      withJson(request, ({ data }) => {
        if (data.duration !== undefined) data.duration /= 1000;
      }),
    ),
  },
  {
    id: 'q-events-05',
    how: 'a failure has no message',
    alteration: deliveries((request) =>
      withJson(request, ({ data }) => {
        if (data.errorMessage !== undefined) data.errorMessage = '';
      }),
    ),
  },
];

function asWeight10(request: HttpRequest): HttpRequest {
  const isMeant = request.method === 'POST' && RELOADS.test(request.path) && request.body.includes('"weight":11');
  return isMeant ? withJson(request, (body) => ({ ...body, weight: 10 })) : request;
}

function withCutSecret(request: HttpRequest): HttpRequest {
  const isMeant = request.method === 'POST' && request.body.includes('s'.repeat(65));
  return isMeant ? withJson(request, (body) => ({ ...body, secret: body.secret.slice(0, 64) })) : request;
}
