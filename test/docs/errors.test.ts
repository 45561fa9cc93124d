import { expect } from 'chai';
import { ERROR_CODES, isRetryable } from '../../src/core/cascade-error.ts';
import { statusOf } from '../../src/platform/status-of.ts';
import { codeIn, rowsOf, textOf } from './support/documents.ts';

const rows = rowsOf(textOf('docs/errors.md')).filter(([code = '']) => code.startsWith('`'));
const codeOf = ([code = '']: readonly string[]): string => codeIn(code)[0] ?? '';

describe('docs/errors.md', () => {
  it('tells every code, and none that does not exist', () => {
    expect(rows.map(codeOf)).to.have.members([...ERROR_CODES]);
  });

  it('says of each whether trying again helps', () => {
    for (const code of ERROR_CODES) {
      const [, , again] = rows.find((row) => codeOf(row) === code) ?? [];
      expect(again, code).to.equal(isRetryable(code) ? 'yes' : 'no');
    }
  });

  it('gives the status of each that a web action answers', () => {
    for (const row of rows) {
      const [, status = ''] = row;
      if (/^\d/.test(status))
        expect(statusOf(codeOf(row) as (typeof ERROR_CODES)[number]), codeOf(row)).to.equal(Number(status));
    }
  });

  it('gives a cause and something to do for each', () => {
    for (const row of rows) expect(row.slice(3).map((cell) => cell.length > 5)).to.deep.equal([true, true]);
  });
});
