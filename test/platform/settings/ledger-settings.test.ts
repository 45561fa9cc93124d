import { expect } from 'chai';
import {
  parseMaxHops,
  parseMaxStartsPerHour,
  parseRetention,
  parseStoreAdminSettings,
  parseStoreSettings,
} from '../../../src/platform/settings/ledger-settings.ts';

const problemOf = (parse: () => unknown): string => {
  try {
    parse();
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('the settings of the ledger', () => {
  it('are no ledger where COUCHDB_URL is missing or empty', () => {
    expect(parseStoreSettings({})).to.equal(undefined);
    expect(parseStoreSettings({ COUCHDB_URL: '', COUCHDB_DATABASE: 'x' })).to.equal(undefined);
  });

  it('split user and password off the URL', () => {
    expect(parseStoreSettings({ COUCHDB_URL: 'https://cascade:s%C3%A9same%2F@couch.example:6984/' })).to.deep.equal({
      url: 'https://couch.example:6984',
      database: 'cascade',
      authorization: 'Basic Y2FzY2FkZTpzw6lzYW1lLw==',
    });
  });

  it('may have no user, a path and another database', () => {
    expect(parseStoreSettings({ COUCHDB_URL: 'https://host.example/couch/', COUCHDB_DATABASE: 'night' })).to.deep.equal(
      {
        url: 'https://host.example/couch',
        database: 'night',
      },
    );
  });

  it('have an administrator of their own', () => {
    const env = { COUCHDB_URL: 'https://a:b@x.example', COUCHDB_ADMIN_URL: 'https://root:pw@x.example' };
    expect(parseStoreAdminSettings(env)?.authorization).to.equal('Basic cm9vdDpwdw==');
    expect(parseStoreAdminSettings({ COUCHDB_URL: 'https://a:b@x.example' })).to.equal(undefined);
  });

  for (const host of [
    '127.0.0.1:5984',
    'localhost',
    'couchdb:5984',
    '10.0.0.7',
    '172.31.0.1',
    '192.168.1.2',
    'db.x.svc',
    '[::1]',
  ]) {
    it(`take http to ${host}, which is one machine or a private network`, () => {
      expect(parseStoreSettings({ COUCHDB_URL: `http://u:p@${host}` })?.url).to.equal(`http://${host}`);
    });
  }

  const wrong: readonly (readonly [url: string, problem: string])[] = [
    ['sesame', 'is not a URL'],
    ['http://u:sesame@couch.example', 'has to be https'],
    ['http://u:sesame@172.32.0.1', 'has to be https'],
    ['ftp://u:sesame@couch.example', 'has to be https'],
    ['https://u:sesame@couch.example/?a=b', 'must not have a ? or #'],
    [
      'https://u:sesame#@couch.example',
      'is not a URL; it looks like https://user:password@host:6984. If the user or the password has one of',
    ],
    [
      'https://u:se/same@couch.example',
      'is not a URL; it looks like https://user:password@host:6984. If the user or the password has one of',
    ],
    [
      'https://u:1/sesame@couch.example',
      'has a @ behind a /. If the user or the password has one of @ : / ? # % or white space',
    ],
    ['https://u:1?sesame@couch.example', 'must not have a ? or # in it. If the user or the password has one of'],
    ['https://u:1#sesame@couch.example', 'must not have a ? or # in it. If the user or the password has one of'],
    ['https://sesame@couch.example', 'has a user without a password'],
    ['https://:sesame@couch.example', 'has a user without a password'],
    ['https://u:sesame%@couch.example', 'has a % in user or password'],
    ['https://u%3Av:sesame@couch.example', 'has a colon in the user name'],
    [' https://u:sesame@couch.example', 'begins or ends with white space'],
  ];
  for (const [url, problem] of wrong) {
    it(`are refused where COUCHDB_URL ${problem}, without telling it: ${url}`, () => {
      const message = problemOf(() => parseStoreSettings({ COUCHDB_URL: url }));
      expect(message).to.contain(`The setting COUCHDB_URL ${problem}`).and.not.contain('sesame');
    });
  }

  for (const database of ['Night', '_users', 'a/b', '1x', 'a b']) {
    it(`are refused where the database is called ${database}`, () => {
      const env = { COUCHDB_URL: 'https://h.example', COUCHDB_DATABASE: database };
      expect(problemOf(() => parseStoreSettings(env))).to.contain('COUCHDB_DATABASE has to begin');
    });
  }

  it('keep 30 days, 64 hops and 12 starts an hour where nothing is said', () => {
    expect(parseRetention({})).to.equal(2_592_000_000);
    expect(parseMaxHops({ MAX_HOPS: '' })).to.equal(64);
    expect(parseMaxStartsPerHour({})).to.equal(12);
  });

  it('take other numbers within their bounds', () => {
    expect(parseRetention({ RETENTION_DAYS: '2' })).to.equal(172_800_000);
    expect(parseMaxHops({ MAX_HOPS: '10000' })).to.equal(10_000);
    expect(parseMaxStartsPerHour({ MAX_STARTS_PER_HOUR: '1' })).to.equal(1);
    for (const text of ['1', '3651', '-2', '2.5', 'soon', '2d']) {
      expect(
        problemOf(() => parseRetention({ RETENTION_DAYS: text })),
        text,
      ).to.equal('The setting RETENTION_DAYS has to be a whole number from 2 to 3650.');
    }
  });
});
