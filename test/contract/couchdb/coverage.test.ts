import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { duplicates, parseFacts, readFactList, readFacts } from '../support/facts.ts';
import { SECTIONS } from './rows/sections.ts';

/**
 * The columns of the table. `test` is the file of the test and, if one of the two servers is left out, which one and
 * why.
 */
const COLUMNS = ['id', 'fact', 'seen', 'test'] as const;

describe('test/contract/couchdb/coverage.md', () => {
  const rows = readFacts('test/contract/couchdb/coverage.md', COLUMNS);
  const facts = Object.values(SECTIONS).flat();

  it('has each id once, and each test an id of its own', () => {
    expect(rows).to.have.length.above(100);
    expect(duplicates(rows.map(({ id }) => id))).to.deep.equal([]);
    expect(duplicates(facts.map(({ id }) => id))).to.deep.equal([]);
  });

  it('has a test for each row, and a row for each test', () => {
    expect(facts.map(({ id }) => id)).to.have.members(rows.map(({ id }) => id));
  });

  it('says where each test is', () => {
    for (const { id, test } of rows) {
      const [place = ''] = test.split(' ');
      expect(place, id).to.match(/^rows\/[a-z-]+$/);
      expect(readFileSync(new URL(`./${place}.ts`, import.meta.url), 'utf8'), id).to.contain(`'${id}'`);
    }
  });

  it('says why, where one of the two servers is not asked', () => {
    const reason = {
      any: /^rows\/[a-z-]+$/,
      embedded: / · not of a real server: .{10,}/,
      couchdb: / · not of the embedded store: .{10,}/,
    };
    for (const { id, on } of facts) expect(rows.find((row) => row.id === id)?.test, id).to.match(reason[on]);
  });

  it('has the ids of the list of facts, each seen where the list says', function () {
    const list = readFactList(this, 'couchdb', COLUMNS).map(({ id, seen }) => `${id} ${seen}`);
    const listed = rows.filter(({ seen }) => seen !== 'ours');
    expect(listed.map(({ id, seen }) => `${id} ${seen}`)).to.deep.equal(list);
  });

  it('has rows of our own apart, in a section that says so', () => {
    const own = rows.filter(({ id, seen }) => id.startsWith('db-ours-') || seen === 'ours');
    expect(own.map(({ id }) => id)).to.deep.equal(SECTIONS['ours']?.map(({ id }) => id));
    for (const { seen } of own) expect(seen).to.equal('ours');
  });

  it('is read as a table', () => {
    const text = '| id | fact | seen | test |\n|---|---|---|---|\n| db-a-01 | a fact `a \\| b` | both | rows/a |\n';
    const row = { id: 'db-a-01', fact: 'a fact `a \\| b`', seen: 'both', test: 'rows/a' };
    expect(parseFacts(text, COLUMNS)).to.deep.equal([row]);
  });
});
