import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { missingLines, ownLines, sharedLines } from './cost-of-questions/count-lines.ts';

const DECISIONS = fileURLToPath(new URL('../../docs/decisions.md', import.meta.url));
const LIST = 'test/docs/cost-of-questions/shared-lines.txt';

/** The part of docs/decisions.md about the cost, up to the next heading. */
const said = () => /\*\*What the package has cost\*\*[\s\S]*?\n## /.exec(readFileSync(DECISIONS, 'utf8'))?.[0] ?? '';

const sumOf = (counts: Iterable<number>): number => [...counts].reduce((all, count) => all + count, 0);

describe('what the questions pipeline has cost, in docs/decisions.md,', () => {
  for (const [file, lines] of sharedLines()) {
    it(`counts lines that ${file} has`, () => {
      expect(missingLines(file, lines), `bring ${LIST} up to date`).to.deep.equal([]);
    });
  }

  it('has as many lines in its own files as it says', () => {
    expect(said()).to.contain(`${sumOf(ownLines().values())} in files of its own`);
  });

  it('has as many lines in each shared file as it says', () => {
    const counts = new Map([...sharedLines()].map(([file, { length }]) => [file, length]));
    const inTable = new Map(
      [...said().matchAll(/`([^`\s]+)` (\d+)/g)].map(([, file = '', count]) => [file, Number(count)]),
    );
    expect(Object.fromEntries(inTable)).to.deep.equal(Object.fromEntries(counts));
    expect(said()).to.contain(`${sumOf(counts.values())} in shared ones`);
  });
});
