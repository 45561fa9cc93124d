import { expect } from 'chai';
import { CHAIN_ROW_COLUMNS, rowsOf } from '../../../actions/chains/rows-of.ts';
import { compiledOf } from './support/compiled-of.ts';

const unknownLastReload = {
  ...{ atLeast: null, outOf: null, withinSeconds: null },
  lastStatus: '',
  lastReloadId: '',
  lastStartedAt: '',
  lastStartedEpochSeconds: null,
  lastEndedAt: '',
  lastEndedEpochSeconds: null,
  lastDurationSeconds: null,
  lastErrorCode: '',
};

const finance = {
  chain: 'finance',
  apps: {
    extract: { id: 'app-1', name: 'Extract sales' },
    report: { id: 'app-2' },
    repair: { id: 'app-3', name: 'Repair', tenant: 'acme-eu' },
  },
  reloads: [
    { app: 'report', after: 'extract', variables: { region: 'EMEA' }, weight: 5, partial: true, name: 'nightly' },
    { app: 'repair', after: { app: 'extract', on: 'failed' as const } },
  ],
};

describe('Rows for the network chart', () => {
  it('have one for the app from which the chain starts, and one for each link', () => {
    expect(rowsOf(compiledOf(finance))).to.deep.equal([
      {
        chain: 'finance',
        link: '',
        tenant: 'default',
        appId: 'app-1',
        nodeId: 'default/app-1',
        nodeLabel: 'Extract sales',
        parentId: '',
        parentLabel: '',
        group: 'finance',
        on: '',
        partial: null,
        weight: null,
        variables: '',
        paused: 0,
        ...unknownLastReload,
      },
      {
        chain: 'finance',
        link: 'nightly',
        tenant: 'default',
        appId: 'app-2',
        nodeId: 'default/app-2',
        nodeLabel: 'report',
        parentId: 'default/app-1',
        parentLabel: 'Extract sales',
        group: 'finance',
        on: 'succeeded',
        partial: 1,
        weight: 5,
        variables: '{"region":"EMEA"}',
        paused: 0,
        ...unknownLastReload,
      },
      {
        chain: 'finance',
        link: '',
        tenant: 'acme-eu',
        appId: 'app-3',
        nodeId: 'acme-eu/app-3',
        nodeLabel: 'Repair',
        parentId: 'default/app-1',
        parentLabel: 'Extract sales',
        group: 'finance',
        on: 'failed',
        partial: 0,
        weight: null,
        variables: '',
        paused: 0,
        ...unknownLastReload,
      },
    ]);
  });

  it('have every column on every row, whatever the row is for', () => {
    const rows = rowsOf(compiledOf(finance));
    for (const row of rows) expect(Object.keys(row)).to.have.members([...CHAIN_ROW_COLUMNS]);
    expect(rows).to.have.length(3);
  });

  it('have one for each upstream of an app, which stays one node: same id, label and group', () => {
    const rows = rowsOf(
      compiledOf({
        chain: 'diamond',
        apps: { a: { id: 'a1' }, b: { id: 'b1' }, c: { id: 'c1' }, d: { id: 'd1' } },
        reloads: [
          { app: 'b', after: 'a' },
          { app: 'c', after: 'a' },
          { app: 'd', after: ['b', 'c'] },
        ],
      }),
    );
    expect(rows.map(({ nodeId, parentId }) => [nodeId, parentId])).to.deep.equal([
      ['default/a1', ''],
      ['default/b1', 'default/a1'],
      ['default/c1', 'default/a1'],
      ['default/d1', 'default/b1'],
      ['default/d1', 'default/c1'],
    ]);
    expect(rows.slice(3).map(({ nodeLabel, group }) => [nodeLabel, group])).to.deep.equal([
      ['d', 'diamond'],
      ['d', 'diamond'],
    ]);
  });

  it('make each chain a whole graph: an app that one chain reloads and another starts from has a row in both', () => {
    const rows = rowsOf(
      compiledOf(
        { chain: 'bi', reloads: [{ app: 'report', after: 'ingest/load' }], apps: { report: { id: 'r1' } } },
        {
          chain: 'ingest',
          apps: { fetch: { id: 'f1' }, load: { id: 'l1' } },
          reloads: [{ app: 'load', after: 'fetch' }],
        },
      ),
    );
    expect(rows.map(({ chain, nodeId, parentId, group }) => [chain, nodeId, parentId, group])).to.deep.equal([
      ['bi', 'default/l1', '', 'ingest'],
      ['bi', 'default/r1', 'default/l1', 'bi'],
      ['ingest', 'default/f1', '', 'ingest'],
      ['ingest', 'default/l1', 'default/f1', 'ingest'],
    ]);
  });

  it('show an app that no file names by its id, in the group of the first chain that has it', () => {
    const [start] = rowsOf(
      compiledOf({
        chain: 'solo',
        apps: { b: { id: 'b1' } },
        reloads: [{ app: 'b', after: 'b4a3cf85-0000-4000-8000-000000000001' }],
      }),
    );
    expect(start).to.include({
      nodeId: 'default/b4a3cf85-0000-4000-8000-000000000001',
      nodeLabel: 'b4a3cf85-0000-4000-8000-000000000001',
      group: 'solo',
    });
  });

  it('say 1 under paused for a chain that is not enabled', () => {
    const rows = rowsOf(compiledOf({ ...finance, enabled: false }));
    expect(rows.map(({ paused }) => paused)).to.deep.equal([1, 1, 1]);
  });

  it('are none where there are no chains', () => {
    expect(rowsOf({ links: {}, apps: {} })).to.deep.equal([]);
  });

  it('have one for each app that a link waits for, with the rule of the link', () => {
    const rows = rowsOf(
      compiledOf({
        chain: 'both',
        apps: { a: { id: 'app-1' }, b: { id: 'app-2' }, c: { id: 'app-3' } },
        reloads: [{ app: 'c', after: { all: ['a', { app: 'b', on: 'any' as const }], within: '6h' } }],
      }),
    ).filter(({ parentId }) => parentId !== '');
    expect(rows.map(({ parentId, on }) => [parentId, on])).to.deep.equal([
      ['default/app-1', 'succeeded'],
      ['default/app-2', 'any'],
    ]);
    for (const row of rows) {
      expect(row).to.deep.include({ appId: 'app-3', atLeast: 2, outOf: 2, withinSeconds: 21_600 });
      expect(row.link).to.match(/^j[0-9a-f]{16}$/);
    }
  });
});
