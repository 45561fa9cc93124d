import { expect } from 'chai';
import { API_ROUTES } from '../../../sim/stack-exchange/answer-question-call.ts';
import { duplicates } from '../support/facts.ts';
import { readApiCoverage, readApiFacts } from './coverage.ts';
import { API_FACTS } from './facts.ts';

describe('sim/stack-exchange/coverage.md', () => {
  const rows = readApiCoverage();
  const facts = readApiFacts();

  it('has each fact of docs/stack-exchange.md once, and no other', () => {
    expect(rows).to.have.length.above(20);
    expect(duplicates(rows.map(({ id }) => id))).to.deep.equal([]);
    expect(rows.map(({ id }) => id)).to.deep.equal(facts.map(({ id }) => id));
  });

  it('has a test for each row, and a row for each test', () => {
    expect(API_FACTS.map(({ id }) => id)).to.deep.equal(rows.map(({ id }) => id));
    for (const { id, test } of rows) expect(test, id).to.match(/^facts(, control)?$/);
  });

  it('names each route that the simulation serves, and no other', () => {
    const routes = new Set(rows.flatMap(({ route }) => route.split(', ')));
    routes.delete('all');
    expect([...routes].sort()).to.deep.equal(API_ROUTES.map((route) => `GET ${route}`).sort());
  });

  it('says which tests need the control interface, and so cannot ask the real API', () => {
    for (const { id, test } of rows) {
      const fact = API_FACTS.find((each) => each.id === id);
      expect(test.includes('control'), id).to.equal(fact?.onReal === false);
    }
  });

  it('says of each fact how sure it is, and where it is from', () => {
    for (const { id, sure, from } of facts) {
      expect(sure, id).to.match(/^[DFI]/);
      if (sure !== 'I') expect(from, id).to.contain('https://');
    }
  });
});
