import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { buildDashboard } from '../../build/build-dashboard.ts';

/** A page's configuration with a long address. */
const CONFIGURATION = JSON.stringify({
  storeUrl: 'https://ledger.couchdb.example-company.com:6984',
  database: 'cascade',
  build: 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
});

describe('the page', () => {
  it('is at most 90 kB by gzip, with all that it needs', async function () {
    this.timeout(30_000);
    const { html } = await buildDashboard();
    expect(gzipSync(html.join(CONFIGURATION)).length).to.be.at.most(90_000);
  });
});
