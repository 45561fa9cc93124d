import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { findApp } from '../../../src/core/chains/find-app.ts';
import { compileChains } from '../../support/compile-chains.ts';
import { chain } from './chain-builders.ts';

const { compiled = { links: {}, apps: {} } } = compileChains([
  chain('sales', [{ app: 'report', after: 'extract' }], ['extract', 'report']),
  {
    file: 'stock.yaml',
    content: {
      chain: 'stock',
      apps: {
        import: { id: 'id-import', name: 'Stock import' },
        report: { id: 'id-stock-report', name: 'The report' },
        extract: { id: 'id-extract' },
        last: { id: 'id-last', name: 'The report' },
      },
      reloads: [
        { app: 'report', after: ['import', 'extract'] },
        { app: 'last', after: 'report' },
      ],
    },
  },
]);

describe('finding an app by what people call it', () => {
  for (const { text, appId, why } of [
    { text: 'id-import', appId: 'id-import', why: 'its id' },
    { text: 'import', appId: 'id-import', why: 'a short name that only one file has' },
    { text: 'stock/report', appId: 'id-stock-report', why: 'chain/name' },
    { text: 'extract', appId: 'id-extract', why: 'a short name that two files give to the same app' },
    { text: 'Stock import', appId: 'id-import', why: 'its name in Qlik' },
    { text: 'stock/extract', appId: 'id-extract', why: 'one of its two names' },
  ]) {
    it(`finds ${appId} by ${why}`, () => expect(findApp(compiled, text).appId).to.equal(appId));
  }

  for (const { text, message } of [
    { text: 'report', message: 'Several apps are called "report": write sales/report or stock/report.' },
    { text: 'The report', message: 'Several apps are called "The report": write stock/report or stock/last.' },
    {
      text: 'imprt',
      message:
        'No chain has an app "imprt". Did you mean "import"? ' +
        'Write an app id or one of sales/extract, sales/report, stock/extract, stock/import, stock/last, stock/report.',
    },
  ]) {
    it(`lists the candidates for "${text}"`, () => {
      expect(() => findApp(compiled, text))
        .to.throw(CascadeError, message)
        .with.property('code', 'PARAMETERS_INVALID');
    });
  }
});
