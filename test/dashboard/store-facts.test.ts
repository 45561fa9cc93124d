import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { storeFacts } from '../../dashboard/session/store-facts.ts';
import type { EpochMs } from '../../src/core/units.ts';

const DATE = 'Mon, 30 Nov 2026 06:00:00 GMT';
const AT = Date.parse(DATE);

describe('what the store says of the account, of itself and of the time', () => {
  let server: Server;
  let answers: Readonly<Record<string, { readonly status?: number; readonly json: unknown }>> = {};
  beforeEach(async () => {
    server = createServer(({ url = '' }, response) => {
      const { status = 200, json } = answers[url] ?? { status: 404, json: { error: 'not_found' } };
      response.writeHead(status, { date: DATE, 'content-type': 'application/json' }).end(JSON.stringify(json));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const LOGIN = { user: 'ann', password: 'secret' };
  const factsAt = (now: number) =>
    storeFacts(
      { storeUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, database: 'sales' },
      LOGIN,
      () => now as EpochMs,
    );
  const rolesAre = (...roles: string[]) => {
    answers = { '/_session': { json: { userCtx: { name: 'ann', roles } } }, '/sales/schema': { json: { version: 3 } } };
  };

  for (const [role, mayAct] of [
    ['sales-desk', true],
    ['sales-writer', true],
    ['_admin', true],
    ['sales-reader', false],
    ['other-desk', false],
  ] as const) {
    it(`lets an account with the role ${role} ${mayAct ? 'act' : 'only read'}`, async () => {
      rolesAre('x', role);
      expect(await factsAt(AT + 500)).to.deep.equal({ mayAct, version: 3, aheadMs: 0 });
    });
  }

  for (const [off, aheadMs] of [
    [7_200_500, 7_200_000],
    [-7_199_500, -7_200_000],
    [120_500, 120_000],
    [999, 0],
  ] as const) {
    it(`sees that a clock is ${aheadMs} ms ahead, to the second`, async () => {
      rolesAre('sales-desk');
      expect((await factsAt(AT + off)).aheadMs).to.equal(aheadMs);
    });
  }

  it('leaves out what it does not say', async () => {
    answers = {};
    expect(await factsAt(AT + 500)).to.deep.equal({ version: 0, aheadMs: 0 });
    answers = { '/sales/schema': { status: 401, json: { error: 'unauthorized' } }, '/_session': { json: [] } };
    expect(await factsAt(AT + 500)).to.deep.equal({ aheadMs: 0 });
  });

  it('knows nothing without an answer', async () => {
    const nowhere = { storeUrl: 'http://127.0.0.1:1', database: 'sales' };
    expect(await storeFacts(nowhere, LOGIN, () => AT as EpochMs)).to.deep.equal({});
  });
});
