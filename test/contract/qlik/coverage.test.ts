import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { duplicates, parseFacts, readFactList } from '../support/facts.ts';
import { SECTIONS } from './rows/sections.ts';
import { COLUMNS, readCoverage } from './support/coverage.ts';

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
    const list = readFactList(this, 'qlik', ['id', 'fact', 'seen']).map(({ id, seen }) => `${id} ${seen}`);
    expect(rows.map(({ id, seen }) => `${id} ${seen}`)).to.deep.equal(list);
  });

  it('is read as a table', () => {
    const text = '| id | route |\n|---|---|\n| q-a-01 | GET /x | a fact `a \\| b` | S | rows/a |\n';
    const row = { id: 'q-a-01', route: 'GET /x', fact: 'a fact `a \\| b`', seen: 'S', test: 'rows/a' };
    expect(parseFacts(text, COLUMNS)).to.deep.equal([row]);
  });
});
