import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { COUNTED_ACTIONS, storeForEachAction } from '../../bench/cost/store-for-each-action.ts';

const MANIFEST = new URL('../../manifest.yaml', import.meta.url);

describe('the manifest of the benchmark that counts requests to the store', () => {
  it('gives each counted action an address of its own', async () => {
    const manifest = storeForEachAction(await readFile(MANIFEST, 'utf8'));
    for (const action of COUNTED_ACTIONS) {
      const variable = `\${COUCHDB_URL_OF_${action.toUpperCase()}}`;
      expect(manifest.split(variable), action).to.have.length(2);
    }
  });

  it('says so where an action has no store', () => {
    expect(() => storeForEachAction('project:\n')).to.throw('no COUCHDB_URL for receiver, resolver');
  });
});
