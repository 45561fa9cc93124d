import { expect } from 'chai';
import { useStore } from './support/use-store.ts';

const MINUTE_MS = 60_000;

describe('logins of the store', () => {
  let nowMs = Date.parse('2026-11-21T22:00:00Z');
  const store = useStore({}, () => nowMs);
  const login = (name: string, password: string) => store.couch.post('/_session', { name, password }, { as: null });

  it('lock a name for five minutes after five failures, by Basic too, and not longer', async () => {
    const user = await store.couch.user();
    for (let n = 0; n < 5; n += 1) {
      expect((await store.couch.get('/', { as: { ...user, password: 'wrong' } })).status).to.equal(401);
    }
    expect((await store.couch.get('/', { as: user })).status).to.equal(403);
    nowMs += 5 * MINUTE_MS - 1;
    expect((await login(user.name, user.password)).status).to.equal(403);
    nowMs += 1;
    expect((await login(user.name, user.password)).status).to.equal(200);
  });

  it('with a body that is no JSON, or no well-formed text, are answered 400, as CouchDB does', async () => {
    for (const sent of ['{', '{"name":"\\ud800","password":"p"}']) {
      const { status, body } = await store.couch.post('/_session', sent, { as: null });
      expect([status, body], sent).to.deep.equal([400, { error: 'bad_request', reason: 'invalid UTF-8 JSON' }]);
    }
  });

  it('forget failures after a success', async () => {
    const user = await store.couch.user();
    for (const password of ['1', '2', '3', '4', user.password, '5', '6', '7', '8']) await login(user.name, password);
    expect((await login(user.name, user.password)).status).to.equal(200);
  });

  it('last ten minutes', async () => {
    const user = await store.couch.user();
    const { headers } = await login(user.name, user.password);
    const cookie = String(headers.get('set-cookie')).split(';')[0] ?? '';
    const session = () => store.couch.get('/_session', { as: null, headers: { cookie } });
    nowMs += 10 * MINUTE_MS - 1;
    expect((await session()).body.userCtx.name).to.equal(user.name);
    nowMs += 1;
    expect((await session()).status).to.equal(401);
  });

  it('end with the password they were made with, and with the user', async () => {
    const { couch } = store;
    const user = await couch.user();
    const { headers } = await login(user.name, user.password);
    const cookie = String(headers.get('set-cookie')).split(';')[0] ?? '';
    const path = `/_users/org.couchdb.user:${user.name}`;
    const { _rev } = (await couch.get(path)).body;
    await couch.put(path, { _rev, name: user.name, type: 'user', roles: [], password: 'new' });
    expect((await couch.get('/_session', { as: null, headers: { cookie } })).status).to.equal(401);
    expect((await login(user.name, user.password)).status).to.equal(401);
    expect((await login(user.name, 'new')).status).to.equal(200);
  });

  it('are told the time of the store', async () => {
    const { headers } = await store.couch.get('/');
    expect(Date.parse(String(headers.get('date')))).to.equal(Math.floor(nowMs / 1000) * 1000);
  });

  it('keep a password with a colon, and one beyond ASCII', async () => {
    const { couch } = store;
    for (const [name, password] of [
      ['colon', 'a:b:c'],
      ['umlaut', 'pässwörd'],
    ] as const) {
      await couch.put(`/_users/org.couchdb.user:${name}`, { name, type: 'user', roles: [], password });
      expect((await couch.get('/_session', { as: { name, password } })).body.userCtx.name).to.equal(name);
    }
  });
});
