import { expect } from 'chai';
import { fact } from '../support/fact.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];

export const conflicts = [
  fact('db-conflicts-01', 'of two revs of one generation the greater wins', async (couch) => {
    const db = await couch.db();
    await couch.bulk(
      db,
      [
        { _id: 'id', _rev: `1-${B}` },
        { _id: 'id', _rev: `1-${A}` },
      ],
      false,
    );
    expect((await couch.get(`${db}/id`)).body._rev).to.equal(`1-${B}`);
    const { body } = await couch.get(`${db}/id?conflicts=true`);
    expect(body._conflicts).to.deep.equal([`1-${A}`]);
  }),
  fact('db-conflicts-02', 'the longer branch wins', async (couch) => {
    const db = await couch.db();
    const longer = { _id: 'id', _rev: `2-${A}`, _revisions: { start: 2, ids: [A, B] } };
    await couch.bulk(db, [{ _id: 'id', _rev: `1-${C}` }, longer], false);
    expect((await couch.get(`${db}/id`)).body._rev).to.equal(`2-${A}`);
  }),
  fact('db-conflicts-03', 'a conflict is solved by deleting the loser', async (couch) => {
    const db = await couch.db();
    await couch.bulk(
      db,
      [
        { _id: 'id', _rev: `1-${B}` },
        { _id: 'id', _rev: `1-${A}` },
      ],
      false,
    );
    expect((await couch.delete(`${db}/id?rev=1-${A}`)).status).to.equal(200);
    const { body } = await couch.get(`${db}/id?conflicts=true`);
    expect(body._rev).to.equal(`1-${B}`);
    expect(body).to.not.have.property('_conflicts');
  }),
];
