import { expect } from 'chai';
import { answerChains, appsAsked } from '../../../actions/chains/answer-chains.ts';
import { readLastReloads } from '../../../actions/chains/last-reloads.ts';
import type { ChainRow } from '../../../actions/chains/rows-of.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';
import { compiledOf } from './support/compiled-of.ts';

const compiled = compiledOf({
  chain: 'sales',
  apps: { extract: { id: 'app-1' }, report: { id: 'app-2' }, mail: { id: 'app-3' } },
  reloads: [
    { app: 'report', after: 'extract' },
    { app: 'mail', after: ['extract', 'report'] },
  ],
});

const storeOf = (): MemoryCouch => {
  const store = memoryCouch(() => 0 as EpochMs);
  store.seed({
    ...{ _id: 'app:default:app-2', schema: 1, type: 'app' },
    last: {
      ...{ tenant: 'default', appId: 'app-2', reloadId: 'r2', outcome: 'exceeded-limit', partial: false },
      ...{ startedAt: 1_799_999_999_500, endedAt: 1_800_000_000_999, error: { code: 'TIMEOUT', message: 'Too long.' } },
    },
  });
  return store;
};

async function ask(store: MemoryCouch, path = '', query = '') {
  const request = { path, query, ownUrl: 'https://faas.example/chains' };
  const errors: string[] = [];
  const log = { error: (message: string) => void errors.push(message) };
  const last = await readLastReloads(appsAsked(request, compiled), store, log);
  return { answer: answerChains(request, compiled, last), errors };
}
const lastOf = (row: ChainRow) =>
  Object.fromEntries(Object.entries(row).filter(([column]) => column.startsWith('last')));

const NOTHING = {
  ...{ lastStatus: '', lastReloadId: '', lastStartedAt: '', lastStartedEpochSeconds: null, lastEndedAt: '' },
  ...{ lastEndedEpochSeconds: null, lastDurationSeconds: null, lastErrorCode: '' },
};

describe('the last reloads in chains', () => {
  it('are told in Qlik’s words on every row of the app, and empty where nobody heard of one', async () => {
    const { answer } = await ask(storeOf());
    const rows = (answer.body as { data: readonly ChainRow[] }).data;
    expect(rows.map((row) => [row.appId, lastOf(row)])).to.deep.equal([
      ['app-1', NOTHING],
      [
        'app-2',
        {
          ...NOTHING,
          ...{ lastStatus: 'EXCEEDED_LIMIT', lastReloadId: 'r2', lastErrorCode: 'TIMEOUT' },
          ...{ lastStartedAt: '2027-01-15T07:59:59.500Z', lastStartedEpochSeconds: 1_799_999_999 },
          ...{ lastDurationSeconds: 1.499 },
          ...{ lastEndedAt: '2027-01-15T08:00:00.999Z', lastEndedEpochSeconds: 1_800_000_000 },
        },
      ],
      ['app-3', NOTHING],
      ['app-3', NOTHING],
    ]);
    expect(answer.headers).not.to.have.property('x-cascade-last-reloads');
  });

  it('are in the CSV, too', async () => {
    const { answer } = await ask(storeOf(), '/rows.csv');
    expect(answer.body).to.include(
      ',EXCEEDED_LIMIT,r2,2027-01-15T07:59:59.500Z,1799999999,2027-01-15T08:00:00.999Z,1800000000,1.499,TIMEOUT',
    );
  });

  it('cost one request for the apps of the page, and none for the tree', async () => {
    const store = storeOf();
    await ask(store, '', 'limit=2&offset=1');
    await ask(store, '/rows.csv', 'offset=3');
    await ask(store, '/tree');
    expect(store.asked.filter((asked) => asked !== 'many ')).to.deep.equal([
      'many app:default:app-2 app:default:app-3',
      'many app:default:app-3',
    ]);
  });

  it('are missing where the ledger does not answer, which a header and the log tell', async () => {
    const store = storeOf();
    for (const path of ['', '/rows.csv']) {
      store.fail('many', 'before');
      const { answer, errors } = await ask(store, path);
      expect(answer.statusCode).to.equal(200);
      expect(answer.headers).to.include({ 'x-cascade-last-reloads': 'unavailable' });
      expect(errors).to.have.length(1);
    }
  });

  it('are missing of one app where its document is not ours, which the log tells', async () => {
    const store = storeOf();
    store.seed({ _id: 'app:default:app-1', schema: 2, type: 'app' });
    const { answer, errors } = await ask(store);
    const rows = (answer.body as { data: readonly ChainRow[] }).data;
    expect(rows.map(({ lastStatus }) => lastStatus)).to.deep.equal(['', 'EXCEEDED_LIMIT', '', '']);
    expect(errors).to.have.length(1);
    expect(answer.headers).not.to.have.property('x-cascade-last-reloads');
  });
});
