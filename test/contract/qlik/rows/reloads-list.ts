import { expect } from 'chai';
import { fact, harmlessFact } from '../support/fact.ts';
import { expectRefusal, type QlikInTest } from '../support/qlik-in-test.ts';

const list = (query: Record<string, string>) => `/api/v1/reloads?${new URLSearchParams(query)}`;

/** An app with twelve reloads; on a real tenant the first app, with the reloads that it has. */
async function reloadedApp(qlik: QlikInTest): Promise<string> {
  if (!qlik.isReal) await reloads(qlik, ...times(12));
  return qlik.isReal ? qlik.anyApp() : 'a';
}

/** Reloads `a` once for each outcome, a second apart; returns their ids, oldest first. */
async function reloads(qlik: QlikInTest, ...outcomes: string[]): Promise<string[]> {
  await qlik.app('a', { outcomes });
  const made: string[] = [];
  for (const _ of outcomes) {
    made.push(await qlik.reload('a'));
    await qlik.advance(1000);
  }
  return made;
}

const times = (count: number) => Array.from({ length: count }, () => 'succeeded');

export const reloadsList = [
  harmlessFact('q-reloads-list-01', 'has data and links.self.href', async (qlik) => {
    const appId = await qlik.anyApp();
    const { status, body } = await qlik.get(list({ appId }));
    expect(status).to.equal(200);
    expect(body.data).to.be.an('array');
    expect(body.links.self.href).to.be.a('string').with.length.above(0);
  }),
  fact('q-reloads-list-02', 'appId may be left out by a TenantAdmin alone', async (qlik) => {
    const made = [await qlik.reload(await qlik.app('a')), await qlik.reload(await qlik.app('b'))];
    expect(await qlik.listed('/api/v1/reloads')).to.have.members(made);
    const { apiKey: key } = await qlik.user('Ann');
    expect((await qlik.get('/api/v1/reloads', { key })).status).to.be.oneOf([400, 403]);
  }),
  harmlessFact('q-reloads-list-03', 'without limit at most 10', async (qlik) => {
    const { length } = await qlik.listed(list({ appId: await reloadedApp(qlik) }));
    if (qlik.isReal) expect(length).to.be.at.most(10);
    else expect(length).to.equal(10);
  }),
  harmlessFact('q-reloads-list-04', 'limit is 1 to 100', async (qlik) => {
    const appId = await reloadedApp(qlik);
    const count = async (limit: string) => (await qlik.listed(list({ appId, limit }))).length;
    expect(await count('1')).to.be.at.most(1);
    expect(await count('100')).to.be.within(qlik.isReal ? 0 : 12, qlik.isReal ? 100 : 12);
    for (const limit of ['0', '101', 'ten']) expectRefusal(await qlik.get(list({ appId, limit })), 400);
  }),
  harmlessFact('q-reloads-list-05', 'newest first', async (qlik) => {
    const times = (await qlik.listed(list({ appId: await reloadedApp(qlik) }), 'creationTime')).map(String);
    expect(times.map(Date.parse)).to.deep.equal(times.map(Date.parse).sort((one, other) => other - one));
    if (!qlik.isReal) expect(new Set(times).size).to.be.above(1);
  }),
  fact('q-reloads-list-06', 'sorts by four fields, bare, with + (also as a space) or -', async (qlik) => {
    const made = await reloads(qlik, 'succeeded', 'failed', 'canceled');
    const backwards = [...made].reverse();
    for (const field of ['creationTime', 'startTime', 'endTime']) {
      for (const query of [field, `%2B${field}`, `+${field}`]) {
        expect(await qlik.listed(`/api/v1/reloads?appId=a&sort=${query}`), query).to.deep.equal(made);
      }
      expect(await qlik.listed(`/api/v1/reloads?appId=a&sort=-${field}`)).to.deep.equal(backwards);
    }
    expect(await qlik.listed('/api/v1/reloads?appId=a&sort=status')).to.deep.equal(backwards);
    expectRefusal(await qlik.get('/api/v1/reloads?appId=a&sort=weight'), 400);
  }),
  fact('q-reloads-list-07', 'links.next leads through every record once, on the same origin', async (qlik) => {
    const made = await reloads(qlik, ...times(5));
    const seen: string[] = [];
    let next: string | undefined = `${qlik.url}${list({ appId: 'a', limit: '2' })}`;
    for (let page = 1; next !== undefined; page += 1) {
      expect(page, 'pages').to.be.at.most(3);
      expect(new URL(next).origin).to.equal(qlik.url);
      const { body } = await qlik.get(next);
      seen.push(...body.data.map((each: { id: string }) => each.id));
      next = body.links.next?.href;
    }
    expect(seen).to.have.members(made).and.have.length(5);
  }),
  fact('q-reloads-list-08', 'filters by status, partial and type', async (qlik) => {
    await qlik.app('a', { outcomes: ['failed', 'exceeded-limit', 'succeeded', 'failed', 'failed'] });
    const made: string[] = [];
    for (const type of ['chronos', 'chronos', 'chronos', 'hub']) {
      made.push((await qlik.control('POST', '/apps/a/reload', { type })).id);
      await qlik.advance(1000);
    }
    await qlik.reload('a', { partial: true });
    const filter = '(status eq "FAILED" or status eq "EXCEEDED_LIMIT") and partial eq "false" and type eq "chronos"';
    expect(await qlik.listed(list({ appId: 'a', filter }))).to.deep.equal([made[1], made[0]]);
  }),
  harmlessFact('q-reloads-list-09', 'another attribute or operator, or no filter, is 400', async (qlik) => {
    const appId = await qlik.anyApp();
    const bad = ['appId eq "a"', 'status ne "FAILED"', 'status co "F"', 'status gt "F"', 'status eq FAILED', 'FAILED'];
    for (const filter of bad) expect((await qlik.get(list({ appId, filter }))).status, filter).to.equal(400);
  }),
  fact('q-reloads-list-10', 'has the log of ended reloads only if asked', async (qlik) => {
    await reloads(qlik, 'failed');
    const logs = (more: Record<string, string>) => qlik.listed(list({ appId: 'a', ...more }), 'log');
    expect([await logs({}), await logs({ log: 'false' })]).to.deep.equal([[undefined], [undefined]]);
    expect((await logs({ log: 'true' }))[0])
      .to.be.a('string')
      .with.length.above(0);
  }),
  fact('q-reloads-list-11', 'an app that the caller may not see is 403 RELOADS-003', async (qlik) => {
    const { id: ownerId } = await qlik.user('Ann');
    await qlik.app('a', { ownerId });
    expectRefusal(await qlik.get(list({ appId: 'a' })), 403, 'RELOADS-003');
  }),
];
