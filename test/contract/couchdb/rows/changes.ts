import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { expectRefusal } from '../support/couch-in-test.ts';
import { fact } from '../support/fact.ts';
import { expectOpen } from '../support/feed.ts';

interface Row {
  readonly id: string;
  readonly seq: unknown;
  readonly changes: readonly { readonly rev: string }[];
  readonly deleted?: true;
}

const idsOf = (rows: readonly { readonly id?: string }[]) => rows.map(({ id }) => id);
const since = (seq: unknown) => encodeURIComponent(String(seq));

export const changes = [
  fact('db-changes-01', 'a document has one row, with its current rev', async (couch) => {
    const db = await couch.db({ _id: 'b' });
    const first = await couch.write(db, 'a');
    const second = await couch.write(db, 'a', { _rev: first });
    await couch.delete(`${db}/gone?rev=${await couch.write(db, 'gone')}`);
    const { status, body } = await couch.get(`${db}/_changes`);
    expect(status).to.equal(200);
    expect(body).to.include.keys('results', 'last_seq', 'pending');
    const rows = new Map<string, Row>(body.results.map((row: Row) => [row.id, row]));
    expect(idsOf(body.results)).to.have.members(['a', 'b', 'gone']);
    expect(rows.get('a')?.changes).to.deep.equal([{ rev: second }]);
    expect(rows.get('a')).to.have.property('seq');
    expect(rows.get('a')).to.not.have.property('deleted');
    expect(rows.get('gone')?.deleted).to.equal(true);
  }),
  fact('db-changes-02', 'pages bring every document once, and then only what is new', async (couch) => {
    const ids = Array.from({ length: 30 }, (_, n) => `id${n}`);
    const db = await couch.db(...ids.map((_id) => ({ _id })));
    const seen: (string | undefined)[] = [];
    let last: unknown = '0';
    for (let page = 0; page < 6; page += 1) {
      const { body } = await couch.get(`${db}/_changes?limit=7&since=${since(last)}`);
      seen.push(...idsOf(body.results));
      last = body.last_seq;
    }
    expect(seen).to.have.length(30);
    expect(seen).to.have.members(ids);
    await couch.write(db, 'later');
    const { body } = await couch.get(`${db}/_changes?since=${since(last)}`);
    expect(idsOf(body.results)).to.deep.equal(['later']);
  }),
  fact('db-changes-03', 'a longpoll waits for a write, and leads on without a gap', async (couch) => {
    const db = await couch.db({ _id: 'old' });
    const { last_seq } = (await couch.get(`${db}/_changes`)).body;
    const feed = couch.feed(db, `feed=longpoll&since=${since(last_seq)}`);
    await setTimeout(300);
    expect(feed.hasEnded).to.equal(false);
    const writtenAt = Date.now();
    await couch.write(db, 'a');
    const answer = await feed.whole();
    expect(Date.now() - writtenAt).to.be.below(1000);
    expect(idsOf(answer.results)).to.deep.equal(['a']);
    await couch.write(db, 'b');
    const next = await couch.feed(db, `feed=longpoll&since=${since(answer.last_seq)}`).whole();
    expect(idsOf(next.results)).to.deep.equal(['b']);
  }),
  fact('db-changes-04', 'a longpoll ends with its timeout', async (couch) => {
    const db = await couch.db({ _id: 'old' });
    const startedAt = Date.now();
    const answer = await couch.feed(db, 'feed=longpoll&timeout=1000&since=now').whole();
    expect(Date.now() - startedAt).to.be.within(900, 3000);
    expect(answer.results).to.deep.equal([]);
    expect(answer).to.have.property('last_seq');
  }),
  fact('db-changes-05', 'a continuous feed brings each write as a line', async (couch) => {
    const db = await couch.db({ _id: 'old' });
    const feed = couch.feed(db, 'feed=continuous&since=now');
    await expectOpen(feed);
    for (const id of ['a', 'b']) {
      const writtenAt = Date.now();
      await couch.write(db, id);
      await feed.untilRow(id);
      expect(Date.now() - writtenAt).to.be.below(1000);
    }
    expect(idsOf(feed.rows())).to.deep.equal(['a', 'b']);
    for (const row of feed.rows()) expect(row).to.include.keys('seq', 'id', 'changes');
    expect(feed.hasEnded).to.equal(false);
  }),
  fact('db-changes-06', 'a heartbeat keeps a quiet feed open beyond its timeout', async (couch) => {
    const feed = couch.feed(await couch.db(), 'feed=continuous&since=now&heartbeat=200&timeout=400');
    const startedAt = Date.now();
    await feed.untilLines(5);
    expect(Date.now() - startedAt).to.be.within(700, 3000);
    expect(feed.lines.slice(0, 5)).to.deep.equal(['', '', '', '', '']);
    expect(feed.hasEnded).to.equal(false);
  }),
  fact('db-changes-07', 'a client that takes gzip gets events and heartbeats at once', async (couch) => {
    const db = await couch.db();
    const feed = couch.feed(db, 'feed=continuous&since=now&heartbeat=200', { headers: { 'accept-encoding': 'gzip' } });
    await expectOpen(feed);
    const startedAt = Date.now();
    await couch.write(db, 'a');
    await feed.untilRow('a');
    await feed.untilLines(3);
    expect(Date.now() - startedAt).to.be.below(2000);
  }),
  fact('db-changes-08', 'a selector filters', async (couch) => {
    const db = await couch.db({ _id: 'a', type: 't' }, { _id: 'b', type: 'u' }, { _id: 'c' });
    const { body } = await couch.post(`${db}/_changes?filter=_selector`, { selector: { type: 't' } });
    expect(idsOf(body.results)).to.deep.equal(['a']);
  }),
  fact('db-changes-09', 'a longpoll with a selector sleeps through what does not match', async (couch) => {
    const db = await couch.db();
    const feed = couch.feed(db, 'feed=longpoll&filter=_selector&since=now', { body: { selector: { type: 't' } } });
    // Its own answer has to be on the way before the first write.
    await setTimeout(200);
    await couch.write(db, 'other', { type: 'u' });
    await setTimeout(300);
    expect(feed.hasEnded).to.equal(false);
    await couch.write(db, 'mine', { type: 't' });
    expect(idsOf((await feed.whole()).results)).to.deep.equal(['mine']);
  }),
  fact(
    'db-changes-10',
    'a filter that is not there is 404, an anonymous feed 401, and the server goes on',
    async (couch) => {
      const db = await couch.db();
      expectRefusal(await couch.get(`${db}/_changes?filter=nope/nope`), 404, 'not_found');
      const anonymous = couch.feed(db, 'feed=continuous&heartbeat=200', { as: null });
      expect((await anonymous.opened()).status).to.equal(401);
      expect((await couch.get('/')).status).to.equal(200);
    },
  ),
  fact('db-changes-11', 'dropped feeds leave nothing behind', async (couch) => {
    const db = await couch.db();
    const rounds = Array.from({ length: 20 }, (_, n) => n);
    const median = async (kind: string) => {
      const times: number[] = [];
      for (const n of rounds) {
        const startedAt = performance.now();
        await couch.write(db, `${kind}${n}`);
        times.push(performance.now() - startedAt);
      }
      return times.sort((a, b) => a - b)[10] ?? 0;
    };
    const before = await median('before');
    const feeds = Array.from({ length: 200 }, () => couch.feed(db, 'feed=continuous&since=now&heartbeat=1000'));
    await Promise.all(feeds.map(expectOpen));
    for (const feed of feeds) feed.close();
    await Promise.all(feeds.map((feed) => feed.untilEnded()));
    // Other work on the machine may slow down single writes, but not ten times.
    expect(await median('after')).to.be.at.most(10 * before + 200);
    expect((await couch.get('/')).status).to.equal(200);
  }),
];
