import { expect } from 'chai';
import { csvLine } from '../../../actions/chains/csv-line.ts';

describe('A line of CSV', () => {
  const cells = [
    ['a text stays as it is', 'Sales extract', 'Sales extract'],
    ['a comma needs quotes', 'a,b', '"a,b"'],
    ['a quote is doubled inside quotes', '{"a":"b"}', '"{""a"":""b""}"'],
    ['a line feed needs quotes', 'a\nb', '"a\nb"'],
    ['a carriage return needs quotes', 'a\rb', '"a\rb"'],
    ['a number has no quotes', 5, '5'],
    ['a negative number is no formula', -5, '-5'],
    ['null is an empty cell', null, ''],
    ['= begins a formula', '=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['+ begins a formula', '+1', "'+1"],
    ['- begins a formula', '-1+cmd', "'-1+cmd"],
    ['@ begins a formula', '@SUM(A1)', "'@SUM(A1)"],
    ['a tab before a formula hides it', '\t=1', "'\t=1"],
    ['a line feed before a formula hides it', '\n=1', '"\'\n=1"'],
    ['= further on is no formula', 'a=b', 'a=b'],
  ] as const;
  for (const [title, cell, expected] of cells) {
    it(`ends with CR LF, and ${title}`, () => {
      expect(csvLine([cell])).to.equal(`${expected}\r\n`);
    });
  }

  it('has commas between its cells, also where they are empty', () => {
    expect(csvLine(['a', null, '', 'b'])).to.equal('a,,,b\r\n');
  });
});
