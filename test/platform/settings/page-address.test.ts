import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { pageAddress } from '../../../src/platform/settings/page-address.ts';

const DASHBOARD_COUCHDB_URL = 'https://couch.example:6984';
const context = { apiHost: 'http://controller:3233', actionName: '/team a/cascade/notifier' };

describe('the address of the dashboard’s page', () => {
  it('is on the host that the settings name, in the package of the action', () => {
    const settings = { DASHBOARD_COUCHDB_URL, OPENWHISK_APIHOST: 'https://ow.example' };
    expect(pageAddress(settings, context)).to.equal('https://ow.example/api/v1/web/team%20a/cascade/dashboard');
    expect(pageAddress({ ...settings, OPENWHISK_APIHOST: 'ow.example:8443' }, context)).to.equal(
      'https://ow.example:8443/api/v1/web/team%20a/cascade/dashboard',
    );
  });

  it('is on the host that the action sees if the settings name none', () => {
    expect(pageAddress({ DASHBOARD_COUCHDB_URL, OPENWHISK_APIHOST: '' }, context)).to.equal(
      'http://controller:3233/api/v1/web/team%20a/cascade/dashboard',
    );
  });

  it('is none without a dashboard', () => {
    expect(pageAddress({ DASHBOARD_COUCHDB_URL: '', OPENWHISK_APIHOST: 'https://ow.example' }, context)).to.equal(
      undefined,
    );
  });

  it('is none with settings that are malformed, and the error names the setting', () => {
    for (const [settings, name] of [
      [{ DASHBOARD_COUCHDB_URL: 'https://ann:sesame@couch.example' }, 'DASHBOARD_COUCHDB_URL'],
      [{ DASHBOARD_COUCHDB_URL, OPENWHISK_APIHOST: 'https://' }, 'OPENWHISK_APIHOST'],
    ] as const)
      expect(() => pageAddress(settings, context))
        .to.throw(CascadeError, name)
        .and.not.match(/sesame/);
  });
});
