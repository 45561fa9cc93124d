import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { ACTION_NAMES } from '../../build/build-actions.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../clients/support/scripted-server.ts';
import { type BuiltActions, buildForTest } from '../support/built-actions.ts';
import { captureLog } from '../support/capture-log.ts';

const PLANTED = 'sesame-0123456789-abcdef';
const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8';
const TARGET = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e9';
const BODY = Buffer.from(
  JSON.stringify({ type: 'com.qlik.v1.reload.finished', data: { id: 'r1', appId: APP, succeeded: true } }),
);

const compiled = {
  links: {},
  apps: { [`default/${APP}`]: { tenant: 'default', appId: APP, label: 'Sales', names: ['sales/sales'] } },
} as unknown as CompiledChains;

const order = { order: `order:default:${TARGET}:s:r1`, tenant: 'default', appId: TARGET, body: {}, chain: 'sales' };
const batch = { traceId: 't1', source: 'webhook', receivedAt: 1, events: [], ignored: [] };
const event = { tenant: 'default', appId: APP, reloadId: 'r1', outcome: 'succeeded', endedAt: 1, partial: false };
const QUESTION = {
  ...{ site: 'stackoverflow', questionId: 7, title: PLANTED, link: '', tags: [], answers: 0, score: 0 },
  ...{ isAnswered: false, isAccepted: false, createdAt: 1, activeAt: 1, seenAt: 1 },
};
const plan = { traceId: 't1', source: 'webhook', receivedAt: Date.now(), orders: [order], skips: [], ignored: [] };

type Action = (typeof ACTION_NAMES)[number];

/** The settings that `manifest.yaml` or `questions.yaml` binds to an action. */
function settingsOf(action: Action): string[] {
  const [, ofQuestions] = /^questions-(.*)$/.exec(action) ?? [];
  const file = ofQuestions === undefined ? 'manifest.yaml' : 'questions.yaml';
  const { packages } = parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).project;
  return Object.keys((packages.cascade ?? packages.questions).actions[ofQuestions ?? action].inputs);
}

const web = (headers: object, more: object = {}) => ({
  __ow_method: 'post',
  __ow_path: '',
  __ow_query: '',
  __ow_headers: { authorization: `Basic ${PLANTED}`, ...headers },
  __ow_body: BODY.toString('base64'),
  ...more,
});
const signature = createHmac('sha256', PLANTED).update(BODY).digest('hex');
const get = { __ow_method: 'get' };

/** Good and bad calls of each action, beside its settings. */
const calls: Readonly<Record<Action, readonly object[]>> = {
  receiver: [
    {},
    web({ 'content-type': 'application/json', 'qlik-signature': signature }),
    web({ 'content-type': 'application/json', 'qlik-signature': PLANTED }),
    web({ 'x-api-key': PLANTED }),
    web({ 'x-api-key': `${PLANTED}x` }),
    web({ 'content-type': 'text/plain', 'qlik-signature': signature }, { __ow_body: '\uFFFD' }),
    web({ 'x-api-key': PLANTED }, { __ow_body: 'x'.repeat(400_000) }),
    web({ 'x-api-key': PLANTED }, { __ow_body: PLANTED }),
  ],
  resolver: [
    {},
    { batch },
    { batch: { ...batch, events: [event] } },
    { batch: { ...batch, more: PLANTED } },
    { batch: PLANTED },
  ],
  invoker: [
    {},
    { plan },
    { plan: { ...plan, orders: [{ ...order, lineage: { cause: 'r1', hops: 1, root: 'event:default:r1' } }] } },
    { plan: { ...plan, orders: [] } },
    { plan: PLANTED },
  ],
  reload: [
    {},
    { app: TARGET },
    { app: TARGET, tenant: 'eu' },
    { app: TARGET, tenant: 'elsewhere' },
    { app: 'nothing' },
    { app: TARGET, weight: PLANTED },
    { request: { traceId: 't1', order } },
    { request: PLANTED },
  ],
  collector: [{}, { hint: { tenant: 'default', told: 'x1' } }, { hint: PLANTED }],
  notifier: [{}, { notify: { traceId: 't1', documents: ['app:default:a'] } }, { notify: PLANTED }],
  storer: [{}, { record: { traceId: 't1', events: [event] } }, { record: PLANTED }],
  chains: [
    web({}, get),
    web({ 'x-api-key': PLANTED }, get),
    web({ 'x-api-key': PLANTED }, { ...get, __ow_path: '/nothing' }),
    web({ 'x-api-key': `${PLANTED}x` }, get),
    web({ authorization: `Bearer ${PLANTED}` }, get),
    web({ authorization: `Bearer eyJhbGciOiJIUzI1NiJ9.e30.${PLANTED}` }, get),
    web({}, {}),
  ],
  metrics: [
    web({}, get),
    web({ 'x-api-key': PLANTED }, get),
    web({ 'x-api-key': PLANTED }, { ...get, __ow_query: `parts=${PLANTED}` }),
    web({ 'x-api-key': `${PLANTED}x` }, get),
    web({ authorization: `Bearer ${PLANTED}` }, get),
    web({}, {}),
  ],
  meter: [{}],
  'questions-collector': [{}],
  'questions-storer': [{}, { seen: { traceId: 't1', question: QUESTION } }, { seen: PLANTED }],
  dashboard: [web({ authorization: `Basic ${PLANTED}` }, get), web({}, {})],
};

const ledgerAt = (url: string) => ({ COUCHDB_URL: url.replace('://', `://cascade:${PLANTED}@`) });

/** Settings with which the calls come further than to the settings. `url` is a server's. */
const workingSettings = (url: string): Readonly<Record<Action, readonly object[]>> => ({
  receiver: [
    { WEBHOOK_SECRET: PLANTED },
    { WEBHOOK_SECRET: 'another', WEBHOOK_SECRET_PREVIOUS: PLANTED, QLIK_TENANT_ID: 't1' },
    { WEBHOOK_API_KEY: PLANTED },
    { WEBHOOK_API_KEY: PLANTED, ...ledgerAt(url) },
    { WEBHOOK_TENANTS: JSON.stringify([{ name: 'eu', id: 't1', secrets: [PLANTED] }]) },
    { WEBHOOK_TENANTS: JSON.stringify([{ name: 'eu', id: 't1', apiKeys: [PLANTED] }]) },
  ],
  resolver: [{}, ledgerAt(url)],
  invoker: [{}, ledgerAt(url)],
  storer: [ledgerAt(url), { ...ledgerAt(url), SLACK_WEBHOOK_URL: `${url}/services/${PLANTED}` }],
  notifier: [
    { ...ledgerAt(url), SLACK_WEBHOOK_URL: `${url}/services/${PLANTED}` },
    { ...ledgerAt(url), NOTIFY_CHANNELS: JSON.stringify([{ name: 'a', slack: `ftp://${PLANTED}` }]) },
    { ...ledgerAt(url), DASHBOARD_COUCHDB_URL: url.replace('://', `://cascade:${PLANTED}@`) },
    { ...ledgerAt(url), NOTIFY_CHANNELS: JSON.stringify([{ name: 'a', url: `${url}/${PLANTED}`, secret: PLANTED }]) },
  ],
  collector: [{ QLIK_TENANT_URL: url, QLIK_API_KEY: PLANTED, ...ledgerAt(url) }],
  reload: [
    { QLIK_TENANT_URL: url, QLIK_API_KEY: PLANTED },
    { QLIK_TENANT_URL: url, QLIK_API_KEY: PLANTED, ...ledgerAt(url) },
    { QLIK_TENANT_URL: url, QLIK_CLIENT_ID: 'client', QLIK_CLIENT_SECRET: PLANTED },
    { QLIK_TENANTS: JSON.stringify([{ name: 'eu', url, apiKey: PLANTED }]) },
    { QLIK_TENANTS: JSON.stringify([{ name: 'default', url, clientId: 'client', clientSecret: PLANTED }]) },
  ],
  chains: [
    { READ_API_KEY: PLANTED },
    { READ_API_KEY: PLANTED, ...ledgerAt(url) },
    { READ_JWT_SECRET: `${PLANTED}-${PLANTED}` },
    { READ_JWT_JWKS_URL: `${url}/keys`, READ_JWT_ISSUER: 'idp', READ_JWT_AUDIENCE: PLANTED },
  ],
  metrics: [{ READ_API_KEY: PLANTED }, { READ_API_KEY: PLANTED, ...ledgerAt(url) }],
  meter: [{}, ledgerAt(url)],
  'questions-collector': [
    { QUESTIONS_TAGS: 'qlik', ...ledgerAt(url) },
    { QUESTIONS_TAGS: 'qlik', QUESTIONS_KEY: PLANTED, QUESTIONS_URL: url, ...ledgerAt(url) },
  ],
  'questions-storer': [{}, ledgerAt(url)],
  dashboard: [
    {},
    { DASHBOARD_COUCHDB_URL: url },
    { DASHBOARD_COUCHDB_URL: url.replace('://', `://cascade:${PLANTED}@`) },
  ],
});

/** Answers that a tenant, an identity provider, OpenWhisk or CouchDB may give, in turn. Some cut the connection. */
const answers: readonly Answerer[] = [
  json(201, { id: 'r1', status: 'QUEUED' }),
  json(401, { errors: [{ code: 'X', title: 'Unauthorized' }] }),
  json(200, { access_token: 'token', expires_in: 5 }),
  json(403, { errors: [{ code: 'RELOADS-003', title: 'Forbidden' }], error: 'no' }),
  json(404, { errors: [{ code: 'RELOADS-004', title: 'Gone' }], error: 'no' }),
  json(202, { activationId: 'act2' }),
  json(201, { ok: true, id: 'x', rev: '1-a' }),
  json(429, { errors: [{ code: 'RELOADS-007' }], error: 'Too many requests in the last minute' }),
];

describe('a secret planted in the settings', () => {
  let actions: BuiltActions;
  let server: ScriptedServer;
  before(async () => {
    actions = await buildForTest(compiled);
    server = await startScriptedServer(...Array.from({ length: 140 }, () => answers).flat());
  });
  after(async () => {
    await server.close();
    actions.remove();
  });

  /** Every answer and log line of every call of an action with these settings. */
  async function toldBy(action: Action, settings: object): Promise<string[]> {
    const environment = {
      __OW_ACTIVATION_ID: 'act1',
      __OW_ACTION_NAME: `/guest/cascade/${action}`,
      __OW_API_HOST: server.url,
      __OW_API_KEY: `23bc46b1:${PLANTED}`,
      __OW_DEADLINE: String(Date.now() + 4_000),
    };
    const told: string[] = [];
    for (const call of calls[action]) {
      const main = actions.load(action);
      const { result, lines } = await captureLog(environment, () => main({ LOG_LEVEL: 'debug', ...settings, ...call }));
      told.push(JSON.stringify(result), ...lines);
    }
    return told;
  }

  const expectNoSecret = (told: readonly string[]): void => {
    expect(told.length).to.be.greaterThan(0);
    for (const text of told) {
      expect(text).not.to.contain('sesame');
      expect(text).not.to.contain(signature);
      // `:sesame` of the namespace's key, in the base64 of its header.
      expect(text).not.to.contain('c2VzYW1l').and.not.contain('pzZXNhbW');
    }
  };

  for (const action of ACTION_NAMES) {
    // The name of the database is no secret: the dashboard's page needs it.
    const settings = settingsOf(action).filter((name) => action !== 'dashboard' || name !== 'COUCHDB_DATABASE');
    for (const setting of settings) {
      it(`is in no answer and no log line of ${action}: alone in ${setting}`, async () => {
        expectNoSecret(await toldBy(action, { [setting]: PLANTED }));
        expectNoSecret(await toldBy(action, { [setting]: `[{"name": "${PLANTED}"` }));
        expectNoSecret(await toldBy(action, { [setting]: { [setting]: PLANTED } }));
      });
    }

    it(`is in no answer and no log line of ${action}: in all of them`, async () => {
      expectNoSecret(await toldBy(action, Object.fromEntries(settings.map((name) => [name, PLANTED]))));
    });

    it(`is in no answer and no log line of ${action}: in settings that work`, async () => {
      for (const working of workingSettings(server.url)[action]) expectNoSecret(await toldBy(action, working));
    });
  }
});
