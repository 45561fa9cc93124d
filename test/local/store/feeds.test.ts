import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { Accounts } from '../../../local/store/auth/accounts.ts';
import { Catalogue } from '../../../local/store/catalogue.ts';
import { createStoreServer } from '../../../local/store/server.ts';
import { CouchInTest } from '../../contract/couchdb/support/couch-in-test.ts';
import { expectOpen } from '../../contract/couchdb/support/feed.ts';

describe('feeds of the store', () => {
  let catalogue: Catalogue;
  let couch: CouchInTest;
  let close: () => Promise<void>;
  before(async () => {
    catalogue = await Catalogue.open(undefined, Date.now);
    const admin = { name: 'admin', password: 'p' };
    const server = createStoreServer({
      catalogue,
      accounts: new Accounts(admin, () => catalogue.users(), Date.now),
      now: Date.now,
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    couch = new CouchInTest({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      user: 'admin',
      password: 'p',
    });
    close = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await catalogue.close();
    };
  });
  after(() => close());

  const listeners = (db: string): number => {
    const { events } = catalogue.get(db.slice(1));
    return events.listenerCount('write') + events.listenerCount('end');
  };

  async function untilNone(db: string): Promise<void> {
    for (let looks = 0; listeners(db) > 0; looks += 1) {
      if (looks === 200) expect.fail(`${listeners(db)} listeners are left`);
      await setTimeout(10);
    }
  }

  it('leave nothing behind when their clients drop them', async () => {
    const db = await couch.db();
    const kinds = ['feed=continuous&heartbeat=1000', 'feed=longpoll', 'feed=longpoll&heartbeat=50', 'feed=continuous'];
    const feeds = Array.from({ length: 100 }, (_, n) => couch.feed(db, `${kinds[n % 4]}&since=now`));
    await Promise.all(feeds.map(expectOpen));
    expect(listeners(db)).to.equal(200);
    for (const feed of feeds) feed.close();
    await untilNone(db);
  });

  it('end when their time is up', async () => {
    const db = await couch.db();
    const feed = couch.feed(db, 'feed=continuous&since=now&timeout=100');
    await feed.untilEnded();
    expect(Object.keys(JSON.parse(feed.lines[0] ?? ''))).to.deep.equal(['last_seq', 'pending']);
    await untilNone(db);
  });

  it('end when their time is up if they ask for a heartbeat of 0, which is none', async () => {
    const db = await couch.db();
    const feed = couch.feed(db, 'feed=continuous&since=now&timeout=100&heartbeat=0');
    await feed.untilEnded();
  });

  it('end with their database', async () => {
    const db = await couch.db();
    const feed = couch.feed(db, 'feed=continuous&since=now&heartbeat=10000');
    await expectOpen(feed);
    await couch.delete(db);
    await feed.untilEnded();
  });

  it('bring what was written while they were read, all of it and once', async () => {
    const db = await couch.db();
    const feed = couch.feed(db, 'feed=continuous&since=0');
    await expectOpen(feed);
    const ids = Array.from({ length: 450 }, (_, n) => `id${n}`);
    await Promise.all(
      [0, 1, 2].map((part) =>
        couch.bulk(
          db,
          ids.slice(part * 150, part * 150 + 150).map((_id) => ({ _id })),
        ),
      ),
    );
    await couch.write(db, 'last');
    await feed.untilRow('last');
    expect(feed.rows().map(({ id }) => id)).to.have.members([...ids, 'last']);
  });

  it('give only the documents that were asked for', async () => {
    const db = await couch.db({ _id: 'a' }, { _id: 'b' }, { _id: 'c' });
    const { body } = await couch.post(`${db}/_changes?filter=_doc_ids`, { doc_ids: ['b', 'x'] });
    expect(body.results.map(({ id }: { id: string }) => id)).to.deep.equal(['b']);
  });

  it('stop at their limit', async () => {
    const db = await couch.db({ _id: 'a' }, { _id: 'b' }, { _id: 'c' });
    const feed = couch.feed(db, 'feed=continuous&limit=2');
    await feed.untilEnded();
    expect(feed.rows().filter(({ id }) => id !== undefined)).to.have.length(2);
  });
});
