import { expect } from 'chai';
import type { CompiledChains } from '../../src/core/link.ts';
import { checkLedger } from '../../src/deploy/check-ledger.ts';

const link = (chain: string, more: object) => ({
  ...{ chain, after: { tenant: 'default', appId: 'a' }, target: { tenant: 'default', appId: 'b' }, on: 'any' },
  ...{ clause: 's', body: {}, paused: false, ...more },
});
const chains = {
  links: {
    'default/a': [
      link('nightly', { join: { of: {}, atLeast: 1, within: 1 } }),
      link('nightly', { policy: { retry: { attempts: 1, delay: 1 }, timeout: 5 } }),
      link('weekly', { policy: { timeout: 5 } }),
      link('plain', {}),
    ],
  },
  apps: { 'default/a': { names: ['nightly/a'], label: 'A', expected: {} }, 'default/b': { names: [], label: 'b' } },
} as unknown as CompiledChains;

describe('chains that need a ledger', () => {
  it('are named, with what needs it, where there is none', () => {
    for (const env of [{}, { COUCHDB_URL: '' }]) {
      const found = checkLedger(env, chains).map((problem) => problem.split('. ')[0]);
      expect(found).to.deep.equal([
        'The chain "nightly" has a link that waits for several apps',
        'The chain "nightly" has "retry"',
        'The chain "nightly" has "timeout"',
        'The chain "weekly" has "timeout"',
        'The app "nightly/a" has "expected"',
      ]);
    }
  });

  it('are fine with one, and without such links', () => {
    expect(checkLedger({ COUCHDB_URL: 'https://couch.example' }, chains)).to.deep.equal([]);
    expect(checkLedger({}, { links: {}, apps: {} })).to.deep.equal([]);
  });
});
