import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { edited } from '../../bench/details/break-copy.ts';
import { DETAILS } from '../../bench/details/detail-list.ts';

describe('the details that are taken out', () => {
  for (const { without, edits } of DETAILS) {
    it(`has ${without} in the code as it is`, async () => {
      for (const edit of edits) {
        const text = await readFile(edit.file, 'utf8');
        expect(edited(text, edit)).not.to.equal(text);
      }
    });
  }

  it('are refused where the code has no such line, or has it twice', () => {
    expect(() => edited('abc', { file: 'x.ts', find: 'd', put: '' })).to.throw('x.ts has 0 times, and not once: d');
    expect(() => edited('abcabc', { file: 'x.ts', find: 'b', put: '' })).to.throw('x.ts has 2 times');
    expect(edited('abc', { file: 'x.ts', find: 'b', put: '$&' })).to.equal('a$&c');
  });

  it('are those of the table in docs/ledger.md that name a line', async () => {
    const text = await readFile('docs/ledger.md', 'utf8');
    const table = text.slice(text.indexOf('## What each detail holds'), text.indexOf('## What is not promised'));
    const rows = table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| without'));
    const named = rows.filter((row) => !row.includes('| argued:')).map((row) => row.split(' | ')[0]?.slice(2));
    expect(named).to.deep.equal(DETAILS.map(({ without }) => without));
  });
});
