import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { dashboardLink, dashboardSettings } from '../../../local/start/start-dashboard.ts';
import { keptKeys } from '../../../local/start/start-keys.ts';
import type { LedgerStore } from '../../../local/start/start-ledger-store.ts';
import type { TenantName } from '../../../src/core/names.ts';

const TENANTS = ['default' as TenantName];

describe('the keys of npm start', () => {
  let directory = '';
  const file = () => join(directory, 'keys.json');
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-keys-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('are the same at the next start', async () => {
    expect(await keptKeys(file(), TENANTS)).to.deep.equal(await keptKeys(file(), TENANTS));
  });

  it('of an earlier version, which had no password for the dashboard, get one that is kept', async () => {
    const { deskPassword, ...earlier } = await keptKeys(file(), TENANTS);
    await writeFile(file(), JSON.stringify(earlier));
    const now = await keptKeys(file(), TENANTS);
    expect(now).to.deep.include(earlier);
    expect(now.deskPassword)
      .to.match(/^[0-9a-f]{48}$/)
      .and.not.equal(deskPassword);
    expect(JSON.parse(await readFile(file(), 'utf8'))).to.deep.equal(now);
  });
});

describe('the dashboard of npm start with a CouchDB of the user’s', () => {
  const ledgerAt = (url: string): LedgerStore => ({
    store: { url, user: 'cascade', password: undefined },
    settings: { COUCHDB_URL: url, COUCHDB_ADMIN_URL: url, COUCHDB_DATABASE: 'cascade' },
    isEmbedded: false,
    noteHost: async () => {},
  });

  it('has a link without a password: people sign in with accounts of that CouchDB', async () => {
    const ledger = ledgerAt('https://couch.example/');
    expect(dashboardSettings(ledger)).to.deep.equal({ DASHBOARD_COUCHDB_URL: 'https://couch.example/' });
    expect(await dashboardLink(ledger, 'http://127.0.0.1:1/dashboard', { deskPassword: 'p' })).to.deep.equal({
      url: 'http://127.0.0.1:1/dashboard',
      user: undefined,
      password: undefined,
    });
  });

  it('does not exist if browsers would send passwords by plain http', async () => {
    const ledger = ledgerAt('http://10.0.0.5:5984/');
    expect(dashboardSettings(ledger)).to.deep.equal({ DASHBOARD_COUCHDB_URL: '' });
    expect(await dashboardLink(ledger, 'http://127.0.0.1:1/d', { deskPassword: 'p' })).to.equal(undefined);
  });
});
