import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { parseChainsSettings } from '../../../src/platform/settings/chains-settings.ts';
import { parseReceiverSettings } from '../../../src/platform/settings/receiver-settings.ts';
import { parseReloadSettings } from '../../../src/platform/settings/reload-settings.ts';

type Settings = Readonly<Record<string, unknown>>;

/** The message with which `parse` refuses these settings. */
function refusal(parse: (params: Settings) => unknown, settings: Settings): string {
  try {
    parse(settings);
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'SETTINGS_INVALID') return error.message;
    throw error;
  }
  throw new Error('They were not refused.');
}

const SECRET = 'sesame-0123456789abcdef0123456789ab';

describe('the receiver’s settings', () => {
  const none = { secrets: [], apiKeys: [] };

  it('are one tenant called default', () => {
    expect(
      parseReceiverSettings({ WEBHOOK_SECRET: 's1', WEBHOOK_SECRET_PREVIOUS: 's0', QLIK_TENANT_ID: 't1' }),
    ).to.deep.equal({
      tenants: [{ name: 'default', id: 't1', heardFrom: 't1', secrets: ['s1', 's0'], apiKeys: [] }],
      countedEvent: 'reload.finished',
    });
    expect(parseReceiverSettings({ WEBHOOK_API_KEY: 'k1', RELOAD_EVENT: 'app.reload.finished' })).to.deep.equal({
      tenants: [{ ...none, name: 'default', apiKeys: ['k1'] }],
      countedEvent: 'app.reload.finished',
    });
  });

  it('are several tenants, and take empty text for absent', () => {
    const tenants = [
      { name: 'eu', id: 't1', secrets: ['s1', ''] },
      { name: 'us', id: 't2', apiKeys: ['k1'] },
    ];
    const empty = {
      WEBHOOK_SECRET: '',
      WEBHOOK_SECRET_PREVIOUS: '',
      WEBHOOK_API_KEY: '',
      QLIK_TENANT_ID: '',
      RELOAD_EVENT: '',
    };
    expect(parseReceiverSettings({ ...empty, WEBHOOK_TENANTS: JSON.stringify(tenants) })).to.deep.equal({
      tenants: [
        { name: 'eu', id: 't1', heardFrom: 't1', secrets: ['s1'], apiKeys: [] },
        { name: 'us', id: 't2', heardFrom: 't2', secrets: [], apiKeys: ['k1'] },
      ],
      countedEvent: 'reload.finished',
    });
  });

  it('say where ends are heard of: the tenant’s address goes before its id', () => {
    const heardFrom = (settings: Readonly<Record<string, string>>) =>
      parseReceiverSettings({ WEBHOOK_SECRET: 's1', ...settings }).tenants[0]?.heardFrom;
    const url = 'https://ACME.eu.qlikcloud.com/';
    expect(heardFrom({ QLIK_TENANT_URL: url, QLIK_TENANT_ID: 't1' })).to.equal('https://acme.eu.qlikcloud.com');
    expect(heardFrom({ QLIK_TENANT_URL: url })).to.equal('https://acme.eu.qlikcloud.com');
    expect(heardFrom({ QLIK_TENANT_URL: 'no address', QLIK_TENANT_ID: 't1' })).to.equal('t1');
    expect(heardFrom({})).to.equal(undefined);
  });

  it('may have white space around JSON', () => {
    const json = ' [{ "name": "eu", "id": "t1", "secrets": ["s1"] }]\n';
    expect(parseReceiverSettings({ WEBHOOK_TENANTS: json }).tenants).to.have.length(1);
  });

  const several = (...tenants: readonly unknown[]): Settings => ({ WEBHOOK_TENANTS: JSON.stringify(tenants) });
  const refused: readonly (readonly [what: string, settings: Settings, message: RegExp])[] = [
    ['nothing', {}, /^The setting WEBHOOK_SECRET is missing, and so are WEBHOOK_API_KEY and WEBHOOK_TENANTS/],
    [
      'empty texts',
      { WEBHOOK_SECRET: '', WEBHOOK_API_KEY: '', WEBHOOK_TENANTS: '' },
      /^The setting WEBHOOK_SECRET is missing/,
    ],
    [
      'a previous secret alone',
      { WEBHOOK_SECRET_PREVIOUS: SECRET },
      /^The setting WEBHOOK_SECRET_PREVIOUS is set without/,
    ],
    [
      'a previous secret beside a key',
      { WEBHOOK_SECRET_PREVIOUS: SECRET, WEBHOOK_API_KEY: SECRET },
      /^The setting WEBHOOK_SECRET_PREVIOUS is set without/,
    ],
    ['a secret that is no text', { WEBHOOK_SECRET: [SECRET] }, /^The setting WEBHOOK_SECRET has to be text/],
    ['no JSON', { WEBHOOK_TENANTS: `[${SECRET}` }, /^The setting WEBHOOK_TENANTS is not JSON\.$/],
    [
      'no list',
      { WEBHOOK_TENANTS: JSON.stringify({ [SECRET]: SECRET }) },
      /^The setting WEBHOOK_TENANTS must be array\.$/,
    ],
    ['an empty list', several(), /^The setting WEBHOOK_TENANTS /],
    [
      'a tenant with nothing to show',
      several({ name: 'eu', id: 't1', secrets: [''] }),
      /"eu" with neither a secret nor an API key/,
    ],
    ['a tenant without an id', several({ name: 'eu', secrets: [SECRET] }), /must have required property 'id'/],
    ['a misspelt key', several({ name: 'eu', id: 't', secret: SECRET }), /unknown key "secret"/],
    ['a secret that is a number', several({ name: 'eu', id: 't', secrets: [5] }), /must be string at 0\.secrets\.0/],
    ['a name in capitals', several({ name: 'EU', id: 't', secrets: [SECRET] }), /at 0\.name/],
    [
      'a name twice',
      several({ name: 'eu', id: 't1', secrets: [SECRET] }, { name: 'eu', id: 't2', secrets: ['other'] }),
      /names the tenant "eu" twice/,
    ],
    [
      'a secret of two tenants',
      several({ name: 'eu', id: 't1', secrets: [SECRET] }, { name: 'us', id: 't2', secrets: ['x', SECRET] }),
      /gives two tenants the same secret/,
    ],
    [
      'a key that is another tenant’s secret',
      several({ name: 'eu', id: 't1', secrets: [SECRET] }, { name: 'us', id: 't2', apiKeys: [SECRET] }),
      /gives two tenants the same secret/,
    ],
    [
      'both ways',
      { ...several({ name: 'eu', id: 't', secrets: ['x'] }), WEBHOOK_SECRET: SECRET },
      /^The setting WEBHOOK_SECRET is set beside WEBHOOK_TENANTS/,
    ],
    ['another event', { WEBHOOK_SECRET: 's', RELOAD_EVENT: SECRET }, /^The setting RELOAD_EVENT has to be/],
    [
      'an id twice',
      several({ name: 'eu', id: 't1', secrets: [SECRET] }, { name: 'us', id: 't1', secrets: ['other'] }),
      /^The setting WEBHOOK_TENANTS gives two tenants the same id/,
    ],
    ['a secret of white space', { WEBHOOK_SECRET: ' \t ' }, /^The setting WEBHOOK_SECRET is only white space/],
    [
      'a secret with a space behind it',
      { WEBHOOK_SECRET: `${SECRET} ` },
      /^The setting WEBHOOK_SECRET begins or ends with white space/,
    ],
    [
      'a previous secret with a space before it',
      { WEBHOOK_SECRET: 's', WEBHOOK_SECRET_PREVIOUS: ` ${SECRET}` },
      /^The setting WEBHOOK_SECRET_PREVIOUS begins or ends with white space/,
    ],
    [
      'a key with a line feed behind it',
      { WEBHOOK_API_KEY: `${SECRET}\n` },
      /^The setting WEBHOOK_API_KEY begins or ends with white space/,
    ],
    [
      'a key with a line feed within',
      { WEBHOOK_API_KEY: `${SECRET}\n${SECRET}` },
      /^The setting WEBHOOK_API_KEY has a line end or another control character/,
    ],
    [
      'a secret of one of several with a space behind it',
      several({ name: 'eu', id: 't', secrets: ['x', `${SECRET} `] }),
      /^The setting WEBHOOK_TENANTS \("eu"\) begins or ends with white space/,
    ],
    [
      'a key of one of several with a line feed within',
      several({ name: 'eu', id: 't', apiKeys: [`${SECRET}\n${SECRET}`] }),
      /^The setting WEBHOOK_TENANTS \("eu"\) has a line end/,
    ],
    [
      'an id of one of several with a space before it',
      several({ name: 'eu', id: ' t', secrets: [SECRET] }),
      /^The setting WEBHOOK_TENANTS \("eu"\) begins or ends with white space/,
    ],
  ];
  for (const [what, settings, message] of refused) {
    it(`are refused by name, without a value: ${what}`, () => {
      expect(refusal(parseReceiverSettings, settings)).to.match(message).and.not.contain('sesame');
    });
  }
});

describe('the settings of reload', () => {
  it('are one tenant with an API key or an OAuth client', () => {
    expect(
      parseReloadSettings({ QLIK_TENANT_URL: 'https://acme.eu.qlikcloud.com/', QLIK_API_KEY: 'k1' }),
    ).to.deep.equal({
      tenants: [
        { name: 'default', origin: 'https://acme.eu.qlikcloud.com', credential: { kind: 'api-key', apiKey: 'k1' } },
      ],
    });
    const oauth = { QLIK_CLIENT_ID: 'c1', QLIK_CLIENT_SECRET: 's1' };
    expect(parseReloadSettings({ QLIK_TENANT_URL: 'http://127.0.0.1:4848', QLIK_API_KEY: '', ...oauth })).to.deep.equal(
      {
        tenants: [
          {
            name: 'default',
            origin: 'http://127.0.0.1:4848',
            credential: { kind: 'oauth', clientId: 'c1', clientSecret: 's1' },
          },
        ],
      },
    );
  });

  it('are several tenants', () => {
    const tenants = [
      { name: 'eu', url: 'https://a.eu.qlikcloud.com', apiKey: 'k1' },
      { name: 'us', url: 'https://b.us.qlikcloud.com', clientId: 'c1', clientSecret: 's1' },
    ];
    expect(parseReloadSettings({ QLIK_TENANTS: JSON.stringify(tenants) })).to.deep.equal({
      tenants: [
        { name: 'eu', origin: 'https://a.eu.qlikcloud.com', credential: { kind: 'api-key', apiKey: 'k1' } },
        {
          name: 'us',
          origin: 'https://b.us.qlikcloud.com',
          credential: { kind: 'oauth', clientId: 'c1', clientSecret: 's1' },
        },
      ],
    });
  });

  const url = 'https://acme.eu.qlikcloud.com';
  const several = (...tenants: readonly unknown[]): Settings => ({ QLIK_TENANTS: JSON.stringify(tenants) });
  const refused: readonly (readonly [what: string, settings: Settings, message: RegExp])[] = [
    ['nothing', {}, /^The setting QLIK_TENANT_URL is missing, and so is QLIK_TENANTS/],
    ['an empty URL', { QLIK_TENANT_URL: '', QLIK_API_KEY: SECRET }, /^The setting QLIK_TENANT_URL is missing/],
    ['no URL', { QLIK_TENANT_URL: SECRET, QLIK_API_KEY: 'k' }, /^The setting QLIK_TENANT_URL is not a URL/],
    ['http', { QLIK_TENANT_URL: 'http://acme.eu.qlikcloud.com', QLIK_API_KEY: SECRET }, /has to be https/],
    [
      'http to a name that only begins like a loopback one',
      { QLIK_TENANT_URL: 'http://127.0.0.1.sesame.com', QLIK_API_KEY: 'k' },
      /has to be https/,
    ],
    ['another scheme', { QLIK_TENANT_URL: 'ftp://acme', QLIK_API_KEY: SECRET }, /has to be https/],
    [
      'a user in the URL',
      { QLIK_TENANT_URL: `https://u:${SECRET}@acme.com`, QLIK_API_KEY: 'k' },
      /must not carry a user or password/,
    ],
    ['a path', { QLIK_TENANT_URL: `${url}/api/v1`, QLIK_API_KEY: SECRET }, /without a path/],
    ['a query', { QLIK_TENANT_URL: `${url}/?${SECRET}`, QLIK_API_KEY: 'k' }, /without a path/],
    ['no credential', { QLIK_TENANT_URL: url }, /has no complete credential/],
    ['a client without its secret', { QLIK_TENANT_URL: url, QLIK_CLIENT_ID: SECRET }, /has no complete credential/],
    ['a client’s secret alone', { QLIK_TENANT_URL: url, QLIK_CLIENT_SECRET: SECRET }, /has no complete credential/],
    [
      'key and client',
      { QLIK_TENANT_URL: url, QLIK_API_KEY: SECRET, QLIK_CLIENT_ID: 'c' },
      /has both an API key and an OAuth client/,
    ],
    [
      'a key that is no text',
      { QLIK_TENANT_URL: url, QLIK_API_KEY: { key: SECRET } },
      /^The setting QLIK_API_KEY has to be text/,
    ],
    [
      'a key with a line feed',
      { QLIK_TENANT_URL: url, QLIK_API_KEY: `${SECRET}\n` },
      /^The setting QLIK_API_KEY begins or ends with white space/,
    ],
    [
      'a key with a space within',
      { QLIK_TENANT_URL: url, QLIK_API_KEY: `${SECRET} ${SECRET}` },
      /^The setting QLIK_API_KEY .*has an API key with white space/,
    ],
    [
      'a client’s secret with a space behind it',
      { QLIK_TENANT_URL: url, QLIK_CLIENT_ID: 'c', QLIK_CLIENT_SECRET: `${SECRET} ` },
      /^The setting QLIK_CLIENT_SECRET begins or ends with white space/,
    ],
    [
      'a URL with a space behind it',
      { QLIK_TENANT_URL: `${url} `, QLIK_API_KEY: SECRET },
      /^The setting QLIK_TENANT_URL begins or ends with white space/,
    ],
    [
      'a URL of one of several with a space before it',
      several({ name: 'eu', url: ` ${url}`, apiKey: SECRET }),
      /^The setting QLIK_TENANTS \("eu"\) begins or ends with white space/,
    ],
    [
      'a client’s secret of one of several with a line feed',
      several({ name: 'eu', url, clientId: 'c', clientSecret: `${SECRET}\n` }),
      /^The setting QLIK_TENANTS \("eu"\) begins or ends with white space/,
    ],
    [
      'a key in quotation marks of a word processor',
      { QLIK_TENANT_URL: url, QLIK_API_KEY: `“${SECRET}”` },
      /has an API key with white space/,
    ],
    [
      'both ways',
      { ...several({ name: 'eu', url, apiKey: 'k' }), QLIK_API_KEY: SECRET },
      /^The setting QLIK_API_KEY is set beside QLIK_TENANTS/,
    ],
    ['no JSON', { QLIK_TENANTS: `{"apiKey": ${SECRET}` }, /^The setting QLIK_TENANTS is not JSON\.$/],
    [
      'a list that is no text',
      { QLIK_TENANTS: [{ name: 'eu', url, apiKey: SECRET }] },
      /^The setting QLIK_TENANTS has to be text/,
    ],
    ['an empty list', several(), /^The setting QLIK_TENANTS /],
    [
      'a name twice',
      several({ name: 'eu', url, apiKey: SECRET }, { name: 'eu', url, apiKey: 'k2' }),
      /names the tenant "eu" twice/,
    ],
    [
      'a bad URL of one of several',
      several({ name: 'eu', url: SECRET, apiKey: SECRET }),
      /^The setting QLIK_TENANTS \("eu"\) is not a URL/,
    ],
    [
      'no credential of one of several',
      several({ name: 'eu', url, apiKey: '' }),
      /^The setting QLIK_TENANTS \("eu"\) has no complete/,
    ],
    ['an unknown key', several({ name: 'eu', url, token: SECRET }), /unknown key "token"/],
  ];
  for (const [what, settings, message] of refused) {
    it(`are refused by name, without a value: ${what}`, () => {
      expect(refusal(parseReloadSettings, settings)).to.match(message).and.not.contain('sesame');
    });
  }
});

describe('the settings of who may read', () => {
  it('are each credential that is given', () => {
    expect(parseChainsSettings({ READ_API_KEY: 'k1', READ_JWT_SECRET: '' })).to.deep.equal({
      readers: [{ kind: 'api-key', apiKey: 'k1' }],
    });
    const jwks = { READ_JWT_JWKS_URL: 'https://idp/keys', READ_JWT_ISSUER: 'idp', READ_JWT_AUDIENCE: 'cascade' };
    expect(parseChainsSettings({ READ_JWT_SECRET: 's1' })).to.deep.equal({
      readers: [{ kind: 'jwt-secret', secret: 's1' }],
    });
    expect(parseChainsSettings({ READ_JWT_SECRET: 's1', READ_JWT_AUDIENCE: 'cascade' })).to.deep.equal({
      readers: [{ kind: 'jwt-secret', secret: 's1', audience: 'cascade' }],
    });
    expect(parseChainsSettings({ READ_JWT_SECRET: 's1', ...jwks })).to.deep.equal({
      readers: [
        { kind: 'jwt-secret', secret: 's1', issuer: 'idp', audience: 'cascade' },
        { kind: 'jwks', url: 'https://idp/keys', issuer: 'idp', audience: 'cascade' },
      ],
    });
  });

  const jwks = { READ_JWT_JWKS_URL: 'https://idp/keys', READ_JWT_ISSUER: 'idp', READ_JWT_AUDIENCE: 'cascade' };
  const refused: readonly (readonly [what: string, settings: Settings, message: RegExp])[] = [
    ['nothing', { READ_API_KEY: '', READ_JWT_SECRET: '' }, /^The setting READ_API_KEY is missing, and so are/],
    ['a key that is no text', { READ_API_KEY: [SECRET] }, /^The setting READ_API_KEY has to be text/],
    ['a JWKS without its issuer', { ...jwks, READ_JWT_ISSUER: '' }, /^The setting READ_JWT_ISSUER is missing/],
    ['a JWKS without its audience', { ...jwks, READ_JWT_AUDIENCE: '' }, /^The setting READ_JWT_AUDIENCE is missing/],
    [
      'an issuer that no token is asked for',
      { READ_API_KEY: SECRET, READ_JWT_ISSUER: 'idp' },
      /^The setting READ_JWT_ISSUER is set without READ_JWT_SECRET or READ_JWT_JWKS_URL/,
    ],
    [
      'an audience that no token is asked for',
      { READ_API_KEY: SECRET, READ_JWT_AUDIENCE: 'cascade' },
      /^The setting READ_JWT_AUDIENCE is set without READ_JWT_SECRET or READ_JWT_JWKS_URL/,
    ],
    ['a key of white space', { READ_API_KEY: ' ' }, /^The setting READ_API_KEY is only white space/],
    [
      'a secret with a space behind it',
      { READ_JWT_SECRET: `${SECRET} ` },
      /^The setting READ_JWT_SECRET begins or ends with white space/,
    ],
    [
      'an address with a space behind it',
      { ...jwks, READ_JWT_JWKS_URL: 'https://idp/keys ' },
      /^The setting READ_JWT_JWKS_URL begins or ends with white space/,
    ],
    ['a JWKS that is not a URL', { ...jwks, READ_JWT_JWKS_URL: SECRET }, /^The setting READ_JWT_JWKS_URL is not a URL/],
  ];
  for (const [what, settings, message] of refused) {
    it(`are refused by name, without a value: ${what}`, () => {
      expect(refusal(parseChainsSettings, settings)).to.match(message).and.not.contain('sesame');
    });
  }
});
