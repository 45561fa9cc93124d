import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SECTIONS } from './rows/sections.ts';
import { parseCoverage, readCoverage } from './support/coverage.ts';

const repository = new URL('../../../', import.meta.url);
/** The list of facts is beside the repository. Without it, the tests check only the table. */
const LIST = new URL('../shared/facts/qlik.md', repository);

const duplicates = (ids: readonly string[]) => ids.filter((id, index) => ids.indexOf(id) !== index);

/** The rows of the list: each fact's id and how sure it is. */
function readList(): string[] {
  const lines = readFileSync(LIST, 'utf8').split('\n');
  return lines.flatMap((line) => /^\| (q-[a-z-]+-\d+) .*\| ([SFIU]) \|$/.exec(line)?.slice(1, 3).join(' ') ?? []);
}

describe('sim/coverage.md', () => {
  const rows = readCoverage();
  const facts = Object.values(SECTIONS).flat();
  const tested = facts.map(({ id }) => id);
  const built = rows.filter(({ test }) => !test.startsWith('not built:'));

  it('has each id once, and each test an id of its own', () => {
    expect(rows).to.have.length.above(100);
    expect(duplicates(rows.map(({ id }) => id))).to.deep.equal([]);
    expect(duplicates(tested)).to.deep.equal([]);
  });

  it('has a test for each row', () => {
    expect(built.map(({ id }) => id).filter((id) => !tested.includes(id))).to.deep.equal([]);
  });

  it('has a row for each test', () => {
    const ids = rows.map(({ id }) => id);
    expect(tested.filter((id) => !ids.includes(id))).to.deep.equal([]);
  });

  it('says where each test is', () => {
    for (const { id, test } of built) {
      const file = new URL(`./${test}.ts`, import.meta.url);
      expect(test, id).to.match(/^rows\/[a-z-]+$/);
      expect(readFileSync(file, 'utf8'), id).to.contain(`'${id}'`);
    }
  });

  it('has route, fact and source in each row, and a reason where something is not built', () => {
    for (const row of rows) {
      expect(row.route, row.id).to.have.length.above(0);
      expect(row.fact, row.id).to.have.length.above(0);
      expect(row.seen, row.id).to.match(/^[SFIU]$/);
      if (row.test.startsWith('not built:')) expect(row.test, row.id).to.match(/^not built: .{10,}/);
    }
  });

  it('names in each unknown row the switch that decides it, and its default', () => {
    const unknown = rows.filter(({ seen }) => seen === 'U');
    expect(unknown).to.have.length(20);
    for (const { id, fact } of unknown) expect(fact, id).to.match(/switch `[a-z]+\.\w+.*` · default ./);
  });

  it('has the ids of the list of facts, each as sure', function () {
    if (!existsSync(LIST)) {
      console.log('      ../shared/facts/qlik.md is not here: the table is not compared with the list.');
      this.skip();
    }
    expect(rows.map(({ id, seen }) => `${id} ${seen}`)).to.deep.equal(readList());
  });

  it('is read as a table', () => {
    const text = '| id | route |\n|---|---|\n| q-a-01 | GET /x | a fact `a \\| b` | S | rows/a |\n';
    const row = { id: 'q-a-01', route: 'GET /x', fact: 'a fact `a \\| b`', seen: 'S', test: 'rows/a' };
    expect(parseCoverage(text)).to.deep.equal([row]);
  });
});
