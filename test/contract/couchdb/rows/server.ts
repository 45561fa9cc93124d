import { expect } from 'chai';
import { fact } from '../support/fact.ts';

const HTTP_DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

export const server = [
  fact('db-server-01', 'the root welcomes with a version and a vendor', async (couch) => {
    const { status, body } = await couch.get('/');
    expect(status).to.equal(200);
    expect(body.couchdb).to.equal('Welcome');
    expect(body.version).to.be.a('string');
    expect(body.vendor).to.be.an('object');
  }),
  fact(
    'db-server-02',
    'the uuid is 32 hex digits and outlives a restart',
    async (couch) => {
      const { uuid } = (await couch.get('/')).body;
      expect(uuid).to.match(/^[0-9a-f]{32}$/);
      await couch.restart('SIGTERM');
      expect((await couch.get('/')).body.uuid).to.equal(uuid);
    },
    'embedded',
  ),
  fact('db-server-03', '_up is ok without credentials', async (couch) => {
    const { status, body } = await couch.get('/_up', { as: null });
    expect([status, body.status]).to.deep.equal([200, 'ok']);
  }),
  fact('db-server-04', 'every answer has a Date, a feed before its body', async (couch) => {
    const db = await couch.db({ _id: 'a' });
    const etag = String((await couch.get(`${db}/a`)).headers.get('etag'));
    const answers = [
      await couch.get(`${db}/a`),
      await couch.put(`${db}/new`),
      await couch.get(`${db}/a`, { headers: { 'if-none-match': etag } }),
      await couch.post(`${db}/_bulk_docs`, '{'),
      await couch.get(`${db}/a`, { as: null }),
      await couch.get(`${db}/none`),
      await couch.put(`${db}/a`),
      await couch.put(db),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 201, 304, 400, 401, 404, 409, 412]);
    for (const { status, headers } of answers) expect(headers.get('date'), String(status)).to.match(HTTP_DATE);
    const { headers } = await couch.feed(db, 'feed=continuous&since=now&heartbeat=10000').opened();
    expect(headers.date).to.match(HTTP_DATE);
  }),
  fact('db-server-05', 'the Date is the real time, and never goes back', async (couch) => {
    let last = 0;
    for (let asked = 0; asked < 50; asked += 1) {
      const before = Date.now();
      const date = Date.parse(String((await couch.get('/')).headers.get('date')));
      expect(date).to.be.within(before - 2000, Date.now() + 2000);
      expect(date).to.be.at.least(last);
      last = date;
    }
  }),
];
