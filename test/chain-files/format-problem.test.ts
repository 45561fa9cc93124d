import { expect } from 'chai';
import type { LocatedProblem } from '../../src/chain-files/chain-source.ts';
import { formatProblem } from '../../src/chain-files/format-problem.ts';
import { paintsOf, toTerminal } from '../../src/core/paint.ts';

const problem = (line: number, column: number, length: number): LocatedProblem => ({
  severity: 'error',
  code: 'UNKNOWN_APP',
  message: 'No app "z".',
  file: 'chains/a.yaml',
  line,
  column,
  length,
  also: [],
});

const format = (text: string, found: LocatedProblem): readonly string[] =>
  formatProblem(found, { file: 'chains/a.yaml', text }, paintsOf(false));

describe('a problem as people read it', () => {
  it('has its place, its code, what is wrong, and a mark between the lines around it', () => {
    expect(format('chain: a\nreloads:\n  - { app: y, after: z }\nenabled: true\n', problem(3, 22, 1))).to.deep.equal([
      'chains/a.yaml:3:22  error  UNKNOWN_APP  No app "z".',
      '  2 | reloads:',
      '  3 |   - { app: y, after: z }',
      '    |                      ^',
      '  4 | enabled: true',
    ]);
  });

  it('has no line before the first and none after the last', () => {
    expect(format('chain: a\n', problem(1, 8, 1)).slice(1)).to.deep.equal(['  1 | chain: a', '    |        ^']);
  });

  it('has line numbers of one width', () => {
    expect(format(`${'\n'.repeat(8)}nine\nten\n`, problem(9, 1, 4)).slice(1)).to.deep.equal([
      '   8 |',
      '   9 | nine',
      '     | ^^^^',
      '  10 | ten',
    ]);
  });

  it('has its mark under the same character behind tabs, accents and emoji', () => {
    expect(format('\ta: "é😀" z\r\n', problem(1, 10, 1)).slice(1)).to.deep.equal([
      '  1 | \\ta: "é😀" z',
      '    |           ^',
    ]);
  });

  it('has no lines for an empty file', () => {
    expect(format('', problem(1, 1, 1))).to.deep.equal(['chains/a.yaml:1:1  error  UNKNOWN_APP  No app "z".']);
  });

  it('shows 160 characters of a long line', () => {
    const [, line = '', mark = ''] = format('x'.repeat(500), problem(1, 150, 300));
    expect(line).to.equal(`  1 | ${'x'.repeat(160)}…`);
    expect(mark).to.equal(`    | ${' '.repeat(149)}${'^'.repeat(11)}`);
  });

  it('shows what steers a terminal and what cannot be seen, with its mark under the same character', () => {
    expect(format('a: \u001B[31mred\u0007\u00A0\u202Ez\n', problem(1, 13, 2)).slice(1)).to.deep.equal([
      '  1 | a: \\u001b[31mred\\u0007\\u00a0\\u202ez',
      '    |                       ^^^^^^^^^^^^',
    ]);
  });

  it('shows them in its message and in the names of files', () => {
    const [head = ''] = format('', { ...problem(1, 1, 1), file: 'a\n\u2066.yaml', message: 'No app "z\u200B".' });
    expect(head).to.equal('a\\n\\u2066.yaml:1:1  error  UNKNOWN_APP  No app "z\\u200b".');
  });

  it('tells the other places, ten at most', () => {
    const also = Array.from({ length: 12 }, (_, number) => ({
      file: 'b.yaml',
      line: number + 1,
      column: 3,
      length: 1,
    }));
    const lines = format('chain: a', { ...problem(1, 1, 1), also });
    expect(lines.slice(3, 4)).to.deep.equal(['  see also b.yaml:1:3']);
    expect(lines.slice(-2)).to.deep.equal(['  see also b.yaml:10:3', '  … and 2 more places']);
  });

  it('has colours only where they are allowed', () => {
    const text = { file: 'chains/a.yaml', text: 'chain: a' };
    const [colored = ''] = formatProblem(problem(1, 1, 1), text, paintsOf(true));
    expect(toTerminal(colored, true)).to.equal(
      'chains/a.yaml:1:1  \u001B[31merror\u001B[39m  \u001B[1mUNKNOWN_APP\u001B[22m  No app "z".',
    );
    const [plain = ''] = formatProblem(problem(1, 1, 1), text, paintsOf(false));
    expect(plain).to.equal('chains/a.yaml:1:1  error  UNKNOWN_APP  No app "z".');
  });
});
