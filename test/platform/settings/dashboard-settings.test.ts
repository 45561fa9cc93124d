import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { parseDashboardSettings } from '../../../src/platform/settings/dashboard-settings.ts';

describe('the settings of the dashboard', () => {
  it('are an address without a slash at its end, and the database', () => {
    expect(parseDashboardSettings({ DASHBOARD_COUCHDB_URL: 'https://couch.example:6984/' })).to.deep.equal({
      storeUrl: 'https://couch.example:6984',
      database: 'cascade',
    });
    const behind = { DASHBOARD_COUCHDB_URL: 'http://127.0.0.1:5984/couch/', COUCHDB_DATABASE: 'team-a' };
    expect(parseDashboardSettings(behind)).to.deep.equal({
      storeUrl: 'http://127.0.0.1:5984/couch',
      database: 'team-a',
    });
  });

  it('have no address if the setting is empty', () => {
    expect(parseDashboardSettings({ DASHBOARD_COUCHDB_URL: '' })).to.deep.equal({ database: 'cascade' });
  });

  for (const [what, url] of [
    ['plain http beyond this machine', 'http://couch.example'],
    ['plain http in a private network', 'http://10.0.0.1:5984'],
    ['a password', 'https://ann:sesame@couch.example'],
    ['a user', 'https://ann@couch.example'],
    ['a query', 'https://couch.example/?key=sesame'],
    ['a fragment', 'https://couch.example/#sesame'],
    ['no URL', 'couch sesame'],
    ['another scheme', 'javascript:alert(1)'],
  ] as const) {
    it(`refuse ${what}, and do not repeat it`, () => {
      expect(() => parseDashboardSettings({ DASHBOARD_COUCHDB_URL: url }))
        .to.throw(CascadeError, /^The setting DASHBOARD_COUCHDB_URL (?!.*sesame)/)
        .with.property('code', 'SETTINGS_INVALID');
    });
  }

  it('refuse a database’s name that CouchDB refuses', () => {
    expect(() => parseDashboardSettings({ COUCHDB_DATABASE: 'Big' })).to.throw(CascadeError, /COUCHDB_DATABASE/);
  });
});
