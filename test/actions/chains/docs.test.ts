import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { CHAIN_ROW_COLUMNS } from '../../../actions/chains/rows-of.ts';
import { RUN_ROW_COLUMNS } from '../../../actions/chains/run-rows.ts';
import { treeOf } from '../../../actions/chains/tree-of.ts';
import { compiledOf } from './support/compiled-of.ts';

describe('docs/chains-in-qlik.md', () => {
  let text: string;
  before(async () => {
    text = await readFile(new URL('../../../docs/chains-in-qlik.md', import.meta.url), 'utf8');
  });

  const { links, apps } = compiledOf({
    chain: 'x',
    apps: { a: { id: 'a1' }, b: { id: 'b1' } },
    reloads: [{ app: 'b', after: 'a' }],
  });
  const [treeRow = {}] = treeOf(Object.values(links).flat(), apps).rows;

  it('lists every column of the rows and of the tree in its tables, and loads it in its script', () => {
    const columns = [...CHAIN_ROW_COLUMNS, ...Object.keys(treeRow)];
    expect(columns).to.have.length(32);
    const [script = ''] = /```qlik.*?```/s.exec(text) ?? [];
    const tables = text.replace(script, '');
    for (const column of columns) {
      expect(tables, 'the tables').to.match(new RegExp(`^\\| .*\`${column}\`.* \\| (text|number) +\\| `, 'm'));
      expect(script, 'the script').to.contain(`"${column}"`);
    }
  });

  it('lists every column of the recent ends in their table', () => {
    const [, section = ''] = text.split('## The recent ends');
    for (const column of RUN_ROW_COLUMNS) {
      expect(section).to.match(new RegExp(`^\\| .*\`${column}\`.* \\| (text|number) +\\| `, 'm'));
    }
  });
});
