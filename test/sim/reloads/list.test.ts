import { expect } from 'chai';
import { type TenantInTest, useTenant } from '../support/use-tenant.ts';

describe('sim: GET /api/v1/reloads', () => {
  const tenant = useTenant({ clock: 'hand' });
  const list = (query: Record<string, string>) => tenant.call('GET', `/api/v1/reloads?${new URLSearchParams(query)}`);
  const ids = async (query: Record<string, string>) =>
    (await list(query)).body.data.map((each: { id: string }) => each.id);

  /** Reloads `a` once for each outcome, a second apart; returns their ids, oldest first. */
  async function reloads(...outcomes: string[]): Promise<string[]> {
    await tenant.app('a', { outcomes });
    const made: string[] = [];
    for (const _ of outcomes) {
      made.push(await tenant.reloadToEnd('a'));
      await tenant.advance(1000);
    }
    return made;
  }

  for (const sort of ['-creationTime', '+creationTime', 'status', '-endTime']) {
    it(`links.next leads through every record exactly once, sorted by ${sort}, also while new ones come`, async () => {
      const made = await reloads('succeeded', 'failed', 'succeeded', 'canceled', 'failed');
      const seen: string[] = [];
      let href: string | undefined =
        `${tenant.sim.url}/api/v1/reloads?${new URLSearchParams({ appId: 'a', limit: '2', sort })}`;
      while (href !== undefined) {
        expect(href).to.match(new RegExp(`^${tenant.sim.url}/api/v1/reloads\\?`));
        const { body } = await tenant.call('GET', href);
        seen.push(...body.data.map((each: { id: string }) => each.id));
        href = body.links.next?.href;
        if (seen.length === 2) await tenant.reloadToEnd('a');
      }
      expect(seen.filter((id) => made.includes(id)).sort()).to.deep.equal([...made].sort());
      expect(new Set(seen).size).to.equal(seen.length);
    });
  }

  it('leads back by links.prev, page by page, and forth again by links.next', async () => {
    const [one, two, three, four, five] = await reloads('succeeded', 'failed', 'succeeded', 'succeeded', 'failed');
    const idsOf = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);
    const first = (await list({ appId: 'a', limit: '2' })).body;
    const second = (await tenant.call('GET', first.links.next.href)).body;
    const third = (await tenant.call('GET', second.links.next.href)).body;
    expect([idsOf(first), idsOf(second), idsOf(third)]).to.deep.equal([[five, four], [three, two], [one]]);
    const back = (await tenant.call('GET', third.links.prev.href)).body;
    expect(idsOf(back)).to.deep.equal([three, two]);
    const forth = (await tenant.call('GET', back.links.next.href)).body;
    expect(idsOf(forth)).to.deep.equal([one]);
    const start = (await tenant.call('GET', back.links.prev.href)).body;
    expect(idsOf(start)).to.deep.equal([five, four]);
    expect(start.links.prev).to.equal(undefined);
  });

  it('the last page has no links.next, also if it is full', async () => {
    await reloads('succeeded', 'failed');
    expect((await list({ appId: 'a', limit: '2' })).body.links).to.have.all.keys('self');
  });

  it('refuses a cursor that it did not make, or made for another order', async () => {
    await reloads('succeeded', 'failed');
    const { links } = (await list({ appId: 'a', limit: '1' })).body;
    const cursor = new URL(links.next.href).searchParams.get('next') ?? '';
    expect((await list({ appId: 'a', next: 'abc' })).status).to.equal(400);
    expect((await list({ appId: 'a', next: cursor, sort: 'status' })).status).to.equal(400);
    expect((await list({ appId: 'a', next: cursor, prev: cursor })).status).to.equal(400);
  });

  it('filters by status, partial and type with eq, and, or and parentheses', async () => {
    await tenant.app('a', { outcomes: ['failed', 'exceeded-limit', 'succeeded', 'failed', 'failed'] });
    const byHand = async (type: string) => {
      const { body } = await tenant.call('POST', '/_sim/apps/a/reload', { type });
      await tenant.journal(
        (entry) => entry['id'] === body.id && entry['status'] !== 'QUEUED' && entry['status'] !== 'RELOADING',
      );
      await tenant.advance(1000);
      return body.id as string;
    };
    const failed = await byHand('chronos');
    const limited = await byHand('chronos');
    await byHand('chronos');
    await byHand('hub');
    const partial = await tenant.reloadToEnd('a', { partial: true });
    const filter = '(status eq "FAILED" or status eq "EXCEEDED_LIMIT") and partial eq "false" and type eq "chronos"';
    expect(await ids({ appId: 'a', filter })).to.deep.equal([limited, failed]);
    expect(await ids({ appId: 'a', filter: 'partial eq "true"' })).to.deep.equal([partial]);
    expect(await ids({ appId: 'a', partial: 'true' })).to.deep.equal([partial]);
    // `and` binds tighter than `or`
    const loose = 'partial eq "true" or status eq "EXCEEDED_LIMIT" and type eq "hub"';
    expect(await ids({ appId: 'a', filter: loose })).to.deep.equal([partial]);
  });

  it('reads parentheses in parentheses up to a depth of 100', async () => {
    await tenant.app('a');
    const within = (depth: number) => `${'('.repeat(depth)}status eq "FAILED"${')'.repeat(depth)}`;
    const status = async (filter: string) => (await list({ appId: 'a', filter })).status;
    expect(await status(within(100))).to.equal(200);
    expect(await status(Array.from({ length: 150 }, () => within(1)).join(' or '))).to.equal(200);
    expect(await status(within(101))).to.equal(400);
    expect(await status('('.repeat(4000))).to.equal(400);
  });

  const badFilters = [
    'appId eq "a"',
    'status ne "FAILED"',
    'status co "FAIL"',
    'status gt "FAILED"',
    'status eq FAILED',
    'status eq "FAILED" and',
    '(status eq "FAILED"',
    'status eq "FAILED")',
    'status = "FAILED"',
    'FAILED',
    '"FAILED"',
    '()',
  ];
  for (const filter of badFilters) {
    it(`the filter ${filter} is 400`, async () => {
      await tenant.app('a');
      expect((await list({ appId: 'a', filter })).status).to.equal(400);
    });
  }

  it('keeps the newest ended reloads by switch, and finds the others by id still', async () => {
    const [one, two, three] = await reloads('succeeded', 'failed', 'succeeded');
    await tenant.switches({ 'reloads.keep': 2 });
    expect(await ids({ appId: 'a' })).to.deep.equal([three, two]);
    expect((await tenant.call('GET', `/api/v1/reloads/${one}`)).status).to.equal(200);
  });

  it('by switch a reload, and then its end, comes late into the list', async () => {
    await tenant.switches({ 'reloads.listLagMs': 500 });
    await tenant.app('a', { durationMs: 30 });
    await tenant.reload('a');
    await tenant.advance(30);
    expect(await ids({ appId: 'a' })).to.deep.equal([]);
    await tenant.advance(500);
    expect((await list({ appId: 'a' })).body.data[0].status).to.equal('SUCCEEDED');
  });

  it('shows a reload as running that ended within the lag', async () => {
    await tenant.switches({ 'reloads.listLagMs': 500 });
    await tenant.app('a', { durationMs: 60_000 });
    const { body } = await tenant.reload('a');
    await tenant.journal((entry) => entry['status'] === 'RELOADING');
    await tenant.advance(600);
    await tenant.call('POST', `/api/v1/reloads/${body.id}/actions/cancel`);
    await ended(tenant, body.id);
    expect((await list({ appId: 'a' })).body.data[0])
      .to.include({ status: 'CANCELING' })
      .and.not.have.property('endTime');
    expect((await tenant.call('GET', `/api/v1/reloads/${body.id}`)).body.status).to.equal('CANCELED');
  });
});

function ended(tenant: TenantInTest, id: string): Promise<unknown> {
  const ends = ['SUCCEEDED', 'CANCELED'];
  return tenant.journal((entry) => entry['id'] === id && ends.includes(String(entry['status'])));
}
