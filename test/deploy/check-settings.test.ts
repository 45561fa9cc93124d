import { expect } from 'chai';
import { checkSettings } from '../../src/deploy/check-settings.ts';
import { SETTINGS } from './support/manifest-folder.ts';

const SECRET = 'a-value-that-must-not-be-told-0001';
const LEDGER = { ...SETTINGS, COUCHDB_URL: 'https://a:b@h.example' };
const { QLIK_TENANT_URL: _url, QLIK_API_KEY: _key, ...withoutQlik } = SETTINGS;
const { WEBHOOK_SECRET: _secret, ...withoutWebhook } = SETTINGS;
const { READ_API_KEY: _reader, ...withoutReader } = SETTINGS;

describe('checking the settings before a deployment', () => {
  const tenants = (entries: readonly object[]): string => JSON.stringify(entries);
  const good: readonly [string, Record<string, string>][] = [
    ['one tenant with an API key, a webhook secret and a reader’s key', SETTINGS],
    [
      'empty optional settings',
      { ...SETTINGS, QLIK_TENANTS: '', WEBHOOK_TENANTS: '', RELOAD_EVENT: '', LOG_LEVEL: '' },
    ],
    ['a tenant on this machine by http', { ...SETTINGS, QLIK_TENANT_URL: 'http://127.0.0.1:4848' }],
    ['the event of an engine’s attempt', { ...SETTINGS, RELOAD_EVENT: 'app.reload.finished' }],
    ['a tokens’ secret of 32 characters', { ...SETTINGS, READ_JWT_SECRET: 'x'.repeat(32) }],
    [
      'a ledger with an administrator of its own',
      { ...SETTINGS, COUCHDB_URL: 'https://a:b@h.example', COUCHDB_ADMIN_URL: 'https://c:d@h.example', MAX_HOPS: '9' },
    ],
    [
      'a channel of Slack’s beside a ledger',
      { ...SETTINGS, COUCHDB_URL: 'https://a:b@h.example', SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0' },
    ],
    ['an OAuth client', { ...SETTINGS, QLIK_API_KEY: '', QLIK_CLIENT_ID: 'id', QLIK_CLIENT_SECRET: SECRET }],
  ];
  for (const [title, env] of good) it(`takes ${title}`, () => expect(checkSettings(env)).to.deep.equal([]));

  const bad: readonly [string, Record<string, string>, string][] = [
    ['no Qlik tenant', withoutQlik, 'QLIK_TENANT_URL'],
    ['a store by plain http', { ...SETTINGS, COUCHDB_URL: `http://u:${SECRET}@couch.example` }, 'COUCHDB_URL'],
    ['an administrator without a store', { ...SETTINGS, COUCHDB_ADMIN_URL: 'https://a:b@h.example' }, 'COUCHDB_URL'],
    [
      'a channel without a ledger',
      { ...SETTINGS, SLACK_WEBHOOK_URL: `https://s.example/${SECRET}` },
      'SLACK_WEBHOOK_URL',
    ],
    ['questions without a ledger', { ...SETTINGS, QUESTIONS_TAGS: 'qlik-sense' }, 'QUESTIONS_TAGS is set without'],
    [
      'tags with commas',
      { ...SETTINGS, COUCHDB_URL: 'https://a:b@h.example', QUESTIONS_TAGS: `a,${SECRET}` },
      'QUESTIONS_TAGS has to be up to 20 tags',
    ],
    ['questions for a channel that is not there', { ...SETTINGS, QUESTIONS_CHANNEL: 'ops' }, 'QUESTIONS_CHANNEL names'],
    [
      'a dashboard without a store',
      { ...SETTINGS, DASHBOARD_COUCHDB_URL: 'https://couch.example' },
      'DASHBOARD_COUCHDB_URL is set without COUCHDB_URL',
    ],
    [
      'a dashboard with a password in its address',
      { ...SETTINGS, COUCHDB_URL: 'https://a:b@h.example', DASHBOARD_COUCHDB_URL: `https://a:${SECRET}@h.example` },
      'DASHBOARD_COUCHDB_URL must not carry a user or password',
    ],
    ['a channel that is no URL', { ...LEDGER, SLACK_WEBHOOK_URL: SECRET }, 'SLACK_WEBHOOK_URL'],
    ['channels that are no JSON', { ...LEDGER, NOTIFY_CHANNELS: `[${SECRET}` }, 'NOTIFY_CHANNELS'],
    ['too short a retention', { ...SETTINGS, RETENTION_DAYS: '1' }, 'RETENTION_DAYS'],
    ['hops that are no number', { ...SETTINGS, MAX_HOPS: 'many' }, 'MAX_HOPS'],
    ['no starts at all', { ...SETTINGS, MAX_STARTS_PER_HOUR: '0' }, 'MAX_STARTS_PER_HOUR'],
    ['no credential for the Qlik tenant', { ...SETTINGS, QLIK_API_KEY: '' }, 'QLIK_API_KEY'],
    ['a client id without its secret', { ...SETTINGS, QLIK_API_KEY: '', QLIK_CLIENT_ID: 'id' }, 'QLIK_CLIENT_SECRET'],
    ['a tenant by plain http', { ...SETTINGS, QLIK_TENANT_URL: 'http://acme.eu.qlikcloud.com' }, 'QLIK_TENANT_URL'],
    ['a tenant list that is no JSON', { ...withoutQlik, QLIK_TENANTS: `[${SECRET}` }, 'QLIK_TENANTS'],
    ['nobody who may post', withoutWebhook, 'WEBHOOK_SECRET'],
    ['a webhook secret of 31 characters', { ...SETTINGS, WEBHOOK_SECRET: 'x'.repeat(31) }, 'WEBHOOK_SECRET'],
    [
      'an old webhook secret of 65 characters',
      { ...SETTINGS, WEBHOOK_SECRET_PREVIOUS: 'x'.repeat(65) },
      'WEBHOOK_SECRET_PREVIOUS',
    ],
    [
      'a short secret of one of several tenants',
      { ...withoutWebhook, WEBHOOK_TENANTS: tenants([{ name: 'acme', id: 'i', secrets: ['short'] }]) },
      'WEBHOOK_TENANTS ("acme")',
    ],
    [
      'two tenants with one secret',
      {
        ...withoutWebhook,
        WEBHOOK_TENANTS: tenants([
          { name: 'a', id: '1', secrets: [SECRET] },
          { name: 'b', id: '2', secrets: [SECRET] },
        ]),
      },
      'WEBHOOK_TENANTS',
    ],
    ['an event that does not exist', { ...SETTINGS, RELOAD_EVENT: 'reload.started' }, 'RELOAD_EVENT'],
    ['nobody who may read', withoutReader, 'READ_API_KEY'],
    [
      'a key set without its issuer',
      { ...SETTINGS, READ_JWT_JWKS_URL: 'https://x.example', READ_JWT_AUDIENCE: 'a' },
      'READ_JWT_ISSUER',
    ],
    [
      'a key set without its audience',
      { ...SETTINGS, READ_JWT_JWKS_URL: 'https://x.example', READ_JWT_ISSUER: 'i' },
      'READ_JWT_AUDIENCE',
    ],
    [
      'a key set by plain http',
      { ...SETTINGS, READ_JWT_JWKS_URL: 'http://x.example', READ_JWT_ISSUER: 'i', READ_JWT_AUDIENCE: 'a' },
      'READ_JWT_JWKS_URL',
    ],
    [
      'the webhook’s secret as the reader’s key',
      { ...SETTINGS, READ_API_KEY: SETTINGS.WEBHOOK_SECRET },
      'READ_API_KEY',
    ],
    [
      'the webhook’s key as the tokens’ secret',
      { ...SETTINGS, WEBHOOK_API_KEY: SECRET, READ_JWT_SECRET: SECRET },
      'READ_JWT_SECRET',
    ],
    ['a tokens’ secret of 31 characters', { ...SETTINGS, READ_JWT_SECRET: 'x'.repeat(31) }, 'READ_JWT_SECRET'],
    ['a log level that does not exist', { ...SETTINGS, LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
    ['logs that are neither on nor off', { ...SETTINGS, NOTIFY_LOG: 'no' }, 'NOTIFY_LOG'],
  ];
  for (const [title, env, name] of bad) {
    it(`refuses ${title}, by the setting’s name and without a value`, () => {
      const problems = checkSettings(env);
      expect(problems).to.have.lengthOf(1);
      expect(problems[0]).to.contain(name);
      const values = Object.values(env).filter((value) => value.length > 8 && !value.includes('reload'));
      for (const value of [SECRET, ...values]) expect(problems[0]).not.to.contain(value);
    });
  }

  it('tells the problems of all actions at once', () => {
    const problems = checkSettings({ LOG_LEVEL: 'loud' });
    expect(problems.map((problem) => /setting (\w+)/.exec(problem)?.[1])).to.deep.equal([
      'WEBHOOK_SECRET',
      'QLIK_TENANT_URL',
      'READ_API_KEY',
      'LOG_LEVEL',
    ]);
  });
});
