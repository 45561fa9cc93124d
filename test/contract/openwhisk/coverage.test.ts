import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { duplicates, readFactList, readFacts } from '../support/facts.ts';

const TEST = /\bit\(\s*(['"`])((?:(?!\1).)*)/g;
/** A row without a test says why in place of the file. */
const LEFT_OUT = /^left out: .{20,}/;

const here = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

describe("the table of the contract suite's tests", () => {
  const rows = readFacts('test/contract/openwhisk/coverage.md', ['id', 'fact', 'test']);
  const covered = rows.filter(({ test }) => !LEFT_OUT.test(test));
  // Only files about facts: this one and the one that breaks facts have none.
  const files = readdirSync(new URL('.', import.meta.url)).filter(
    (name) => name.endsWith('.test.ts') && !['coverage.test.ts', 'can-fail.test.ts'].includes(name),
  );
  const tests = files.flatMap((file) => [...here(file).matchAll(TEST)].map(([, , title = '']) => ({ file, title })));

  it('has one test for each row, in the file that the row names', () => {
    const told = covered.map(({ id, test }) => `${id} in ${test}`);
    const found = tests.map(({ file, title }) => `${title.split(':')[0]} in ${file}`);
    expect(found).to.have.members(told);
    expect(new Set(found).size).to.equal(found.length);
    expect(found).not.to.have.lengthOf(0);
  });

  it('has no row twice', () => {
    expect(duplicates(rows.map(({ id }) => id))).to.deep.equal([]);
  });

  it('has the rows of the list of facts, where that list is at hand', function () {
    const facts = readFactList(this, 'openwhisk', ['id']).map(({ id }) => id);
    expect(rows.map(({ id }) => id)).to.have.members(facts);
  });
});
