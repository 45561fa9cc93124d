import { expect } from 'chai';
import { expectRefusal } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';

const BYTES = Buffer.from([0, 255, 128, 10, 13, 1]);
const PNG = { headers: { 'content-type': 'image/png' } };

export const attachments = [
  fact('db-attachments-01', 'an attachment comes back byte for byte, with its type', async (couch) => {
    const db = await couch.db();
    const rev = await couch.write(db, 'id');
    const made = await couch.put(`${db}/id/pic.png?rev=${rev}`, BYTES, PNG);
    expect(made.status).to.equal(201);
    expect(made.body.rev).to.match(/^2-/);
    const { status, headers, body } = await couch.get(`${db}/id/pic.png`);
    expect([status, headers.get('content-type')]).to.deep.equal([200, 'image/png']);
    expect(headers.get('etag')).to.be.a('string');
    expect(Buffer.compare(body, BYTES)).to.equal(0);
  }),
  fact('db-attachments-02', 'an attachment stays with its stub and goes without', async (couch) => {
    const db = await couch.db();
    await couch.put(`${db}/id/pic.png?rev=${await couch.write(db, 'id')}`, BYTES, PNG);
    const { _rev, _attachments } = (await couch.get(`${db}/id`)).body;
    const rev = await couch.write(db, 'id', { _rev, _attachments, changed: true });
    expect(Buffer.compare((await couch.get(`${db}/id/pic.png`)).body, BYTES)).to.equal(0);
    await couch.write(db, 'id', { _rev: rev });
    expectRefusal(await couch.get(`${db}/id/pic.png`), 404, 'not_found', 'Document is missing attachment');
  }),
];
