import { expect } from 'chai';
import fc from 'fast-check';
import { answerChains } from '../../../actions/chains/answer-chains.ts';
import type { WebAnswer } from '../../../actions/chains/answer-ok.ts';
import type { ChainRow } from '../../../actions/chains/rows-of.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { CompiledChains } from '../../../src/core/link.ts';
import { compiledOf } from './support/compiled-of.ts';

const URL_OF_CHAINS = 'https://faas.example/api/v1/web/guest/cascade/chains';

const sales = {
  chain: 'sales',
  apps: {
    extract: { id: 'app-1', name: '=Sales, "raw"' },
    report: { id: 'app-2', name: 'Report' },
  },
  reloads: [{ app: 'report', after: 'extract', variables: { region: 'EMEA' } }],
};
const stock = {
  chain: 'stock',
  apps: { load: { id: 'app-3' }, show: { id: 'app-4' }, mail: { id: 'app-5' } },
  reloads: [
    { app: 'show', after: 'load' },
    { app: 'mail', after: { app: 'show', on: 'any' as const } },
  ],
};
const both = compiledOf(sales, stock);

const ask = (path: string, query = '', compiled: CompiledChains = both): WebAnswer =>
  answerChains({ path, query, ownUrl: URL_OF_CHAINS }, compiled);

interface RowsBody {
  readonly data: readonly ChainRow[];
  readonly links: { readonly self: { readonly href: string }; readonly next?: { readonly href: string } };
}
const rowsBody = (answer: WebAnswer): RowsBody => answer.body as RowsBody;
const nodesIn = (answer: WebAnswer): string[] => rowsBody(answer).data.map(({ nodeId }) => nodeId);

function refusal(call: () => unknown): { code: string; message: string } {
  try {
    call();
  } catch (error) {
    if (error instanceof CascadeError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('It was answered.');
}

/** Reads page after page as a connector does: by the query of `links.next.href`, until there is none. */
function readAll(compiled: CompiledChains, limit: number): { rows: ChainRow[]; pages: number } {
  const rows: ChainRow[] = [];
  let pages = 0;
  let query: string | undefined = `limit=${limit}`;
  while (query !== undefined) {
    const { data, links }: RowsBody = rowsBody(ask('', query, compiled));
    rows.push(...data);
    pages += 1;
    query = links.next === undefined ? undefined : new URL(links.next.href).search.slice(1);
  }
  return { rows, pages };
}

describe('chains', () => {
  it('answers its rows with a link to itself, and no cache may keep them', () => {
    for (const path of ['', '/']) {
      const answer = ask(path);
      expect(answer.statusCode).to.equal(200);
      expect(answer.headers).to.deep.equal({
        'content-type': 'application/json',
        'cache-control': 'private, no-store',
      });
      expect(nodesIn(answer)).to.deep.equal([
        'default/app-1',
        'default/app-2',
        'default/app-3',
        'default/app-4',
        'default/app-5',
      ]);
      expect(rowsBody(answer).links).to.deep.equal({ self: { href: URL_OF_CHAINS } });
    }
  });

  it('answers an empty list where there are no chains', () => {
    expect(ask('', '', { links: {}, apps: {} }).body).to.deep.equal({
      data: [],
      links: { self: { href: URL_OF_CHAINS } },
    });
  });

  it('links to the next page absolutely, with the same chain and limit', () => {
    const answer = ask('', 'limit=2&chain=stock');
    expect(nodesIn(answer)).to.deep.equal(['default/app-3', 'default/app-4']);
    expect(rowsBody(answer).links).to.deep.equal({
      self: { href: `${URL_OF_CHAINS}?chain=stock&limit=2` },
      next: { href: `${URL_OF_CHAINS}?chain=stock&limit=2&offset=2` },
    });
    const last = ask('', 'chain=stock&limit=2&offset=2');
    expect(nodesIn(last)).to.deep.equal(['default/app-5']);
    expect(rowsBody(last).links).to.deep.equal({ self: { href: `${URL_OF_CHAINS}?chain=stock&limit=2&offset=2` } });
  });

  it('gives a reader that follows the links every row once, in order, whatever the limit', () => {
    const all = nodesIn(ask(''));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (limit) => {
        expect(readAll(both, limit).rows.map(({ nodeId }) => nodeId)).to.deep.equal(all);
      }),
    );
  });

  it('ends a page before the answer has more than the 1 MB that OpenWhisk passes, and goes on with the next', () => {
    const letters = 'é'.repeat(256);
    const variables = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`v${index}`, letters]));
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const upstreams = ['a0', 'a1', 'a2', 'a3', 'a4'];
    const large = compiledOf({
      chain: 'large',
      apps: Object.fromEntries([...upstreams, ...names].map((name) => [name, { id: `id-${name}` }])),
      reloads: names.map((app, index) => ({ app, after: `a${index % 5}`, variables })),
    });
    expect(Buffer.byteLength(JSON.stringify(ask('', '', large)))).to.be.within(500_000, 1_000_000);
    expect(Buffer.byteLength(JSON.stringify(ask('/rows.csv', '', large)))).to.be.within(500_000, 1_000_000);
    const { rows, pages } = readAll(large, 1_000);
    expect(new Set(rows.map(({ nodeId }) => nodeId)).size).to.equal(205);
    expect([rows.length, pages]).to.deep.equal([205, 3]);
  });

  describe('/rows.csv', () => {
    it('answers the same rows as lines, with a header line', () => {
      const answer = ask('/rows.csv', 'chain=sales');
      expect(answer.headers).to.deep.equal({
        'content-type': 'text/csv; charset=utf-8',
        'cache-control': 'private, no-store',
      });
      expect(answer.body).to.equal(
        [
          'chain,link,tenant,appId,nodeId,nodeLabel,parentId,parentLabel,group,on,partial,weight,variables,paused,' +
            'atLeast,outOf,withinSeconds,' +
            'lastStatus,lastReloadId,lastStartedAt,lastStartedEpochSeconds,lastEndedAt,lastEndedEpochSeconds,' +
            'lastDurationSeconds,lastErrorCode',
          `sales,,default,app-1,default/app-1,"'=Sales, ""raw""",,,sales,,,,,0,,,,,,,,,,,`,
          `sales,,default,app-2,default/app-2,Report,default/app-1,"'=Sales, ""raw""",sales,succeeded,0,,"{""region"":""EMEA""}",0,,,,,,,,,,,`,
          '',
        ].join('\r\n'),
      );
    });

    it('has at most 1 MB as an answer, also if its lines are larger than the same rows as JSON: quotes are doubled', () => {
      const variables = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`v${index}`, '"'.repeat(256)]));
      const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
      const quotes = compiledOf({
        chain: 'quotes',
        apps: Object.fromEntries(['a0', 'a1', 'a2', ...names].map((name) => [name, { id: `id-${name}` }])),
        reloads: names.map((app, index) => ({ app, after: `a${index % 3}`, variables })),
      });
      const answer = ask('/rows.csv', '', quotes);
      expect(answer.headers).to.have.property('link');
      expect(Buffer.byteLength(JSON.stringify(answer))).to.be.within(800_000, 1_000_000);
    });

    it('tells of its next page in a link header', () => {
      const answer = ask('/rows.csv', 'limit=4');
      expect(answer.headers['link']).to.equal(`<${URL_OF_CHAINS}/rows.csv?limit=4&offset=4>; rel="next"`);
      expect(ask('/rows.csv', 'limit=4&offset=4').headers).not.to.have.property('link');
    });
  });

  describe('/tree', () => {
    it('answers the unrolled tree of one chain, and that nothing was cut', () => {
      const { body, headers } = ask('/tree', 'chain=stock');
      const { data, ...rest } = body as { data: { treeKey: string; treeParentKey: string }[] };
      expect(data.map(({ treeKey, treeParentKey }) => [treeKey, treeParentKey])).to.deep.equal([
        ['stock/load', 'ROOT'],
        ['stock/load > stock/show', 'stock/load'],
        ['stock/load > stock/show > stock/mail', 'stock/load > stock/show'],
      ]);
      expect(rest).to.deep.equal({ cut: null, links: { self: { href: `${URL_OF_CHAINS}/tree?chain=stock` } } });
      expect(headers).to.deep.equal({ 'content-type': 'application/json', 'cache-control': 'private, no-store' });
    });

    it('says what was cut', () => {
      const names = Array.from({ length: 102 }, (_, index) => `n${index}`);
      const wide = compiledOf({
        chain: 'wide',
        apps: { a: { id: 'a1' }, ...Object.fromEntries(names.map((name) => [name, { id: `id-${name}` }])) },
        reloads: names.map((app) => ({ app, after: 'a' })),
      });
      const { data, cut } = ask('/tree', '', wide).body as { data: object[]; cut: object };
      expect(data).to.have.length(100);
      expect(cut).to.deep.equal({ branches: 3, why: 'more than 99 apps after one app: 3 left out' });
    });
  });

  it('answers nothing at another path', () => {
    for (const path of ['/tree/', '/rows', '//', '/tree/x', '/rows.csv/', '/%2Ftree']) {
      expect(refusal(() => ask(path)).code, path).to.equal('NOT_FOUND');
    }
  });

  const badQueries: readonly [path: string, query: string, message: string][] = [
    ['', 'limit=0', 'The parameter "limit" is "0"; it has to be a whole number from 1 to 1000.'],
    ['', 'limit=1001', 'The parameter "limit" is "1001"; it has to be a whole number from 1 to 1000.'],
    ['', 'limit=-1', 'The parameter "limit" is "-1"; it has to be a whole number from 1 to 1000.'],
    ['', 'limit=1.5', 'The parameter "limit" is "1.5"; it has to be a whole number from 1 to 1000.'],
    ['', 'limit=1e2', 'The parameter "limit" is "1e2"; it has to be a whole number from 1 to 1000.'],
    ['', 'limit', 'The parameter "limit" is ""; it has to be a whole number from 1 to 1000.'],
    ['', 'limit=%2B5', 'The parameter "limit" is "+5"; it has to be a whole number from 1 to 1000.'],
    ['/rows.csv', 'offset=x', 'The parameter "offset" is "x"; it has to be a whole number from 0 to 1000000.'],
    ['', 'limit=1&limit=2', 'The parameter "limit" is given more than once.'],
    ['', 'chian=sales', 'The parameter "chian" is no parameter here; there is chain, limit, offset.'],
    ['/tree', 'limit=5', 'The parameter "limit" is no parameter here; there is chain.'],
    ['', 'chain=Sales', 'The parameter "chain" is "Sales", which is no chain here; there is sales, stock.'],
    ['/tree', 'chain=', 'The parameter "chain" is "", which is no chain here; there is sales, stock.'],
    [
      '',
      `chain=${'x'.repeat(60)}`,
      `The parameter "chain" is "${'x'.repeat(50)}…", which is no chain here; there is sales, stock.`,
    ],
  ];
  for (const [path, query, message] of badQueries) {
    it(`refuses ${path}?${query.slice(0, 20)}, and names the parameter`, () => {
      expect(refusal(() => ask(path, query))).to.deep.equal({ code: 'PARAMETERS_INVALID', message });
    });
  }
});
