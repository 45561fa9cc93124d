import { gunzipSync } from 'node:zlib';
import { type HttpRequest, type Rule, withHeader, withJson, withStatus } from '../../../support/altering-proxy.ts';
import { answers, type Breakage, bodies, isJson, type Json, requests, texts } from '../../support/break.ts';
import { LIMIT_BREAKAGES } from './limit-breakages.ts';

const PUT_ACTION = /^PUT \S+\/actions\//;
const INVOKE = /^POST \S+\/actions\//;
const WEB = /^\w+ \/api\/v1\/web\//;
const RECORD = /^GET \S+\/activations\/[0-9a-f]{32}$/;
const LIST = /^GET \S+\/activations(\?|$)/;

/** Edits the parameters that a web action echoes in its answer. */
const seen = (isMeant: (request: HttpRequest) => boolean, edit: (params: Json, request: HttpRequest) => Json): Rule =>
  bodies(WEB, (params, request) => ('__ow_method' in params && isMeant(request) ? edit(params, request) : params));

const typed =
  (type: string) =>
  ({ headers }: HttpRequest): boolean =>
    headers['content-type'] === type;

/** Edits the result of an action in the answer of a blocking invoke. */
const results = (edit: (result: Json) => void): Rule =>
  bodies(INVOKE, (record) => {
    if (record.response?.result) edit(record.response.result);
    return record;
  });

/** Changes of what passes between the suite and the server. Each makes one fact untrue, and its test must fail. */
export const BREAKAGES: readonly Breakage[] = [
  {
    id: 'ow-crud-02',
    how: 'a second PUT is refused in other words',
    rule: texts(/^PUT /, 'resource already exists', 'it is there already'),
  },
  {
    id: 'ow-crud-04',
    how: 'a new action is not annotated with provide-api-key',
    rule: bodies(PUT_ACTION, (action) => ({
      ...action,
      annotations: action.annotations?.filter(({ key }: Json) => key !== 'provide-api-key'),
    })),
  },
  {
    id: 'ow-crud-06',
    how: 'an overwrite does not raise the version',
    rule: bodies(/^PUT \S+overwrite=true/, (entity) => ({ ...entity, version: '0.0.1' })),
  },
  {
    id: 'ow-crud-13',
    how: 'an action without exec is refused in other words',
    rule: texts(PUT_ACTION, 'exec undefined', 'exec missing'),
  },
  {
    id: 'ow-crud-17',
    how: 'lists of rules tell the status',
    rule: bodies(/^GET \S+\/rules\?/, (rules) => rules.map((rule: Json) => ({ ...rule, status: 'active' }))),
  },
  {
    id: 'ow-crud-20',
    how: 'what is gone may be deleted again',
    rule: answers(
      ({ status }, { method, path }) => method === 'DELETE' && path.includes('/actions/') && status === 404,
      (answer) => withStatus(answer, 200),
    ),
  },
  {
    id: 'ow-crud-21',
    how: 'a name that another collection has is refused as one of its own',
    rule: texts(/^PUT /, 'Resource by this name exists but is not in this collection.', 'resource already exists'),
  },
  {
    id: 'ow-invoke-01',
    how: 'a 202 has no header with the id',
    rule: answers(
      ({ status }) => status === 202,
      (answer) => withHeader(answer, 'x-openwhisk-activation-id', undefined),
    ),
  },
  {
    id: 'ow-results-07',
    how: 'a synchronous throw is told without the kind of Error',
    rule: texts(INVOKE, 'An error has occurred: Error: sync boom', 'An error has occurred: sync boom'),
  },
  {
    id: 'ow-results-14',
    how: 'keys come in the order in which the action has them',
    rule: answers(
      ({ body }) => body.includes('"a":{"b":2,"y":1},"l"'),
      (answer) => ({
        ...answer,
        body: Buffer.from(answer.body.toString().replace('"a":{"b":2,"y":1},"l"', '"a":{"y":1,"b":2},"l"')),
      }),
    ),
  },
  {
    id: 'ow-web-05',
    how: '__ow_method is in capitals',
    rule: seen(
      () => true,
      (params) => ({ ...params, __ow_method: params.__ow_method.toUpperCase() }),
    ),
  },
  {
    id: 'ow-web-06',
    how: '__ow_path is decoded',
    rule: seen(
      () => true,
      (params) => ({ ...params, __ow_path: decodeURIComponent(params.__ow_path) }),
    ),
  },
  {
    id: 'ow-web-09',
    how: 'reserved keys of a query are passed over in silence',
    rule: requests((request) => ({ ...request, path: request.path.replace(/(?<=plain)\?__ow_.*/, '') })),
  },
  {
    id: 'ow-raw-http-01',
    how: 'JSON arrives as text',
    rule: seen(
      (request) => typed('application/json')(request) && request.body.toString() === '{"x":1}',
      (params) => ({ ...params, __ow_body: '{"x":1}' }),
    ),
  },
  {
    id: 'ow-raw-http-12',
    how: 'a form arrives as its fields too',
    rule: seen(typed('application/x-www-form-urlencoded'), (params) => ({ ...params, a: '1', b: '2' })),
  },
  {
    id: 'ow-raw-http-19',
    how: 'a charset is heeded',
    rule: seen(typed('text/plain; charset=iso-8859-1'), (params) => ({ ...params, __ow_body: 'aéb' })),
  },
  {
    id: 'ow-raw-http-22',
    how: 'a gzip body is decoded',
    rule: seen(
      ({ headers }) => headers['content-encoding'] === 'gzip',
      (params, { body }) => ({ ...params, __ow_body: gunzipSync(body).toString('base64') }),
    ),
  },
  {
    id: 'ow-headers-02',
    how: 'of a header sent twice the first value arrives',
    rule: requests((request) => {
      const twice = request.headers['x-twice'];
      return Array.isArray(twice) ? withHeader(request, 'x-twice', twice[0]) : request;
    }),
  },
  {
    id: 'ow-headers-06',
    how: "a client's x-request-id is passed over",
    rule: requests((request) => withHeader(request, 'x-request-id', undefined)),
  },
  {
    id: 'ow-suffixes-02',
    how: '.json of an error has its status code',
    rule: answers(
      (answer, { path }) => path.endsWith('.json') && JSON.parse(answer.body.toString()).statusCode === 401,
      (answer) => withStatus(answer, 401),
    ),
  },
  {
    id: 'ow-suffixes-07',
    how: '.xml and .js are answered as .json is',
    rule: requests((request) => ({ ...request, path: request.path.replace(/\.(xml|js)$/, '.json') })),
  },
  {
    id: 'ow-responses-01',
    how: 'JSON is printed on one line',
    rule: answers(
      (answer) => isJson(answer) && answer.body.includes('\n'),
      (answer) => withJson(answer, (body) => body),
    ),
  },
  {
    id: 'ow-responses-09',
    how: 'retry-after does not reach the caller',
    rule: answers(
      () => true,
      (answer) => withHeader(answer, 'retry-after', undefined),
    ),
  },
  {
    id: 'ow-responses-19',
    how: 'the death of a container is an error of the host',
    rule: answers(
      ({ status }, { path }) => path.endsWith('/dies-first') && status === 400,
      (answer) => withStatus(answer, 500),
    ),
  },
  {
    id: 'ow-cors-03',
    how: 'the headers that a preflight asks for are not echoed',
    rule: requests((request) => withHeader(request, 'access-control-request-headers', undefined)),
  },
  {
    id: 'ow-auth-02',
    how: 'a 401 of the REST API does not say how',
    rule: answers(
      () => true,
      (answer) => withHeader(answer, 'www-authenticate', undefined),
    ),
  },
  {
    id: 'ow-auth-08',
    how: 'an empty secret is taken for none given',
    rule: requests((request) =>
      request.headers['x-require-whisk-auth'] === '' ? withHeader(request, 'x-require-whisk-auth', undefined) : request,
    ),
  },
  {
    id: 'ow-auth-10',
    how: 'OPTIONS is refused without the secret',
    rule: answers(
      (_, { method }) => method === 'OPTIONS',
      (answer) => withStatus(answer, 401),
    ),
  },
  {
    id: 'ow-sequences-08',
    how: 'a component that is gone is told in other words',
    rule: texts(INVOKE, 'Sequence component does not exist.', 'The requested resource does not exist.'),
  },
  {
    id: 'ow-env-02',
    how: 'the deadline is in seconds',
    rule: results(({ env }) => {
      if (env) env.__OW_DEADLINE = String(Math.round(Number(env.__OW_DEADLINE) / 1000));
    }),
  },
  {
    id: 'ow-env-05',
    how: 'an annotation cannot be taken away',
    rule: requests((request) =>
      request.body.includes('delAnnotations') ? withJson(request, () => ({ annotations: [] })) : request,
    ),
  },
  ...LIMIT_BREAKAGES,
  {
    id: 'ow-activations-07',
    how: 'a limit out of range is refused without its name',
    rule: texts(LIST, "The query parameter 'limit' was malformed:\nThe value '201'", "The value '201'"),
  },
  {
    id: 'ow-activations-11',
    how: 'every list names the same kind',
    rule: texts(/^GET /, 'is not an integer for packages.', 'is not an integer for activations.'),
  },
  {
    id: 'ow-activations-12',
    how: 'logs that may not be kept leave a line',
    rule: bodies(RECORD, (record) => (record.name === 'mute' ? { ...record, logs: ['Logs were truncated.'] } : record)),
  },
  {
    id: 'ow-activations-08',
    how: 'lists tell codes of HTTP',
    rule: bodies(LIST, (records) =>
      Array.isArray(records)
        ? records.map((record: Json) => ({ ...record, statusCode: record.statusCode === 0 ? 200 : 502 }))
        : records,
    ),
  },
  {
    id: 'ow-triggers-01',
    how: 'a fire without an active rule is 202 with an id',
    rule: answers(
      ({ status }, { path }) => path.includes('/triggers/') && status === 204,
      (answer) => ({
        status: 202,
        headers: { ...answer.headers, 'content-type': 'application/json' },
        body: Buffer.from('{"activationId":"0123456789abcdef0123456789abcdef"}'),
      }),
    ),
  },
  {
    id: 'ow-triggers-04',
    how: "a trigger's record has an end",
    rule: bodies(RECORD, (record) => ({ end: record.start, duration: 0, ...record })),
  },
  {
    id: 'ow-triggers-06',
    how: "the firer's key is kept back",
    rule: bodies(RECORD, (record) => {
      const headers = record.response?.result.__ow_headers;
      if (headers) delete headers.authorization;
      return record;
    }),
  },
];
