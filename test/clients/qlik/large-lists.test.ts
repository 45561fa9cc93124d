import { expect } from 'chai';
import { httpQlik } from '../../../src/clients/qlik/http-qlik.ts';
import type { EndedQuery, ListAnswer } from '../../../src/clients/qlik/qlik-port.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8' as AppId;
const PATIENT = 10_000 as DurationMs;
const KB = 'x'.repeat(1_000);

let server: ScriptedServer;

async function qlikAt(...answers: readonly Answerer[]) {
  server = await startScriptedServer(...answers);
  const credential = { kind: 'api-key', apiKey: 'sesame-key' } as const;
  return httpQlik({ name: 'default' as TenantName, origin: server.url, credential }, () => 1_000_000 as EpochMs);
}

/** A list of `total` entries of `kB` each, in pages; the same for each request. */
function listOf(total: number, kB: number): readonly Answerer[] {
  const answerer: Answerer = (response, received) => {
    const { pathname, searchParams } = new URL(received.call.replace('GET ', ''), server.url);
    const from = Number(searchParams.get('next') ?? 0);
    const to = Math.min(total, from + Number(searchParams.get('limit') ?? 10));
    const data = Array.from({ length: to - from }, (_, n) => ({
      id: `r${from + n}`,
      appId: APP,
      status: 'SUCCEEDED',
      creationTime: '2026-11-21T07:00:00Z',
      log: KB.repeat(kB),
    }));
    searchParams.set('next', String(to));
    const href = `${server.url}${pathname}?${searchParams}`;
    json(200, { data, links: to < total ? { next: { href } } : {} })(response, received);
  };
  return Array.from({ length: 200 }, () => answerer);
}

const limits = () => server.received.map(({ call }) => Number(/limit=(\d+)/.exec(call)?.[1]));
const idsOf = (answer: ListAnswer | { readonly kind: string }) =>
  'reloads' in answer ? answer.reloads.map(({ id }) => id as string) : [answer.kind];
const upTo = (total: number) => Array.from({ length: total }, (_, n) => `r${n}`);

describe('a list of Qlik’s whose hundred entries are too large for one answer', () => {
  afterEach(() => server.close());

  /** Every page of the reloads that ended. */
  async function allEnded(qlik: Awaited<ReturnType<typeof qlikAt>>) {
    const found: string[] = [];
    for (let query: EndedQuery | undefined = {}; query !== undefined; ) {
      const answered = await qlik.listEnded(query, PATIENT);
      found.push(...idsOf(answered));
      query = answered.kind === 'listed' && answered.next !== undefined ? { next: answered.next } : undefined;
    }
    return found;
  }

  it('is asked for by half as many, and goes on from there', async () => {
    const qlik = await qlikAt(...listOf(120, 60));
    expect(await allEnded(qlik)).to.deep.equal(upTo(120));
    expect(limits()).to.deep.equal([100, 50, 50, 50]);
  });

  it('is asked for down to one by one', async () => {
    const qlik = await qlikAt(...listOf(3, 2_500));
    expect(await allEnded(qlik)).to.deep.equal(['r0', 'r1', 'r2']);
    expect(limits()).to.deep.equal([100, 50, 25, 12, 6, 3, 1, 1, 1]);
  });

  it('is unavailable if one entry alone is too large', async () => {
    const qlik = await qlikAt(...listOf(3, 4_500));
    const message = 'no answer of at most 4194304 bytes';
    expect(await qlik.listEnded({}, PATIENT)).to.deep.equal({ kind: 'unavailable', message });
    expect(limits().at(-1)).to.equal(1);
  });

  it('is halved on a later page, too, whatever else its cursor’s address has', async () => {
    const qlik = await qlikAt(...listOf(30, 300));
    const answered = await qlik.listEnded({ next: 'reloads?sort=-endTime&next=0&limit=20' }, PATIENT);
    expect(idsOf(answered)).to.deep.equal(upTo(10));
    expect(server.received.map(({ call }) => call)).to.deep.equal([
      'GET /api/v1/reloads?sort=-endTime&next=0&limit=20',
      'GET /api/v1/reloads?sort=-endTime&next=0&limit=10',
    ]);
  });

  it('has the hundred newest reloads of an app all the same: what it does not show would be taken for absent', async () => {
    const qlik = await qlikAt(...listOf(120, 60));
    expect(idsOf(await qlik.listReloads(APP, PATIENT))).to.deep.equal(upTo(100));
    expect(limits()).to.deep.equal([100, 50, 50]);
  });

  it('is unavailable, not shorter, if a further part of those cannot be had', async () => {
    const [page] = listOf(120, 60);
    const qlik = await qlikAt(page as Answerer, page as Answerer, json(500, {}));
    expect((await qlik.listReloads(APP, PATIENT)).kind).to.equal('unavailable');
  });

  it('has its webhooks, too', async () => {
    const qlik = await qlikAt(...listOf(60, 100));
    const answered = await qlik.webhooks(PATIENT);
    expect(answered.kind === 'listed' ? answered.webhooks.map(({ id }) => id) : answered).to.deep.equal(upTo(60));
    expect(limits()).to.deep.equal([100, 50, 25, 25, 25]);
  });

  it('costs one request where it fits, however long the list is', async () => {
    const qlik = await qlikAt(...listOf(120, 1));
    expect(idsOf(await qlik.listReloads(APP, PATIENT))).to.deep.equal(upTo(100));
    expect(limits()).to.deep.equal([100]);
  });
});
