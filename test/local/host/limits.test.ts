import { expect } from 'chai';
import { DEFAULT_LIMITS } from '../../../local/host/start-host.ts';
import { useGate } from './support/use-gate.ts';
import { RAW_WEB, useHost } from './support/use-host.ts';

describe('limits', () => {
  // A wall clock that moves only when a test says so: a minute never begins by itself.
  let now = Date.UTC(2026, 0, 1);
  const host = useHost({ limits: DEFAULT_LIMITS }, { now: () => now });
  const gate = useGate();
  const invokeMany = async (name: string, count: number): Promise<readonly number[]> => {
    const statuses: number[] = [];
    for (let i = 0; i < count; i++) statuses.push((await host.invoke(name)).status);
    return statuses;
  };
  before(async () => {
    await host.action('fast', 'function main() { return {} }', RAW_WEB);
    await host.action('waits', gate.code());
    await host.sequence('three', ['fast', 'fast', 'fast']);
  });
  beforeEach(() => {
    now += 60_000;
  });

  it('ow-limits-01: a body of one megabyte is taken, one byte more is not', async () => {
    const body = (bytes: number): string => `{"s":"${'x'.repeat(bytes - 8)}"}`;
    const error = 'Request larger than allowed: 1048577 > 1048576 bytes.';
    expect((await host.rest('POST', 'actions/t/fast?blocking=true', body(1_048_576))).status).to.equal(200);
    const rest = await host.rest('POST', 'actions/t/fast?blocking=true', body(1_048_577));
    expect([rest.status, rest.json.error]).to.deep.equal([413, error]);
    const sent = (bytes: number) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body(bytes),
    });
    expect((await host.web('t/fast', sent(1_048_576))).status).to.equal(204);
    const web = await host.web('t/fast', sent(1_048_577));
    expect([web.status, JSON.parse(web.text).error]).to.deep.equal([413, error]);
  });

  it('ow-limits-02, 03, 04, 05, 06, 07: the 61st call of a minute is refused, and the next minute begins anew', async () => {
    expect(await invokeMany('fast', 60)).to.deep.equal(Array(60).fill(200));
    const refused = await host.invoke('fast');
    expect(refused.status).to.equal(429);
    expect(refused.json).to.deep.equal({
      code: refused.headers['x-request-id'],
      error: 'Too many requests in the last minute (count: 61, allowed: 60).',
    });
    expect(refused.headers).to.include({ 'access-control-allow-origin': '*' }).and.not.to.have.property('retry-after');

    const web = await host.web('t/fast');
    expect(web.status).to.equal(429);
    expect(web.text).to.match(
      /^\{\n {2}"code": "\S+",\n {2}"error": "Too many requests .* \(count: 62, allowed: 60\)\."\n\}$/,
    );
    expect(web.headers).not.to.have.any.keys('access-control-allow-origin', 'retry-after');
    expect((await host.web('t/fast', { method: 'OPTIONS' })).status).to.equal(429);
    expect((await host.invoke('unknown')).json.error).to.contain('(count: 64,');
    await invokeMany('fast', 5);
    expect((await host.invoke('fast')).json.error).to.contain('(count: 70,');

    expect((await host.rest('GET', 'actions')).status).to.equal(200);
    expect((await host.rest('PUT', 'packages/free', {})).status).to.equal(200);
    expect((await host.rest('DELETE', 'packages/free')).status).to.equal(200);
    expect((await host.rest('GET', 'activations')).status).to.equal(200);

    now += 60_000;
    expect((await host.invoke('fast')).status).to.equal(200);
  });

  it('ow-limits-08: a sequence of three steps costs one call', async () => {
    expect(await invokeMany('three', 60)).to.deep.equal(Array(60).fill(200));
    expect((await host.invoke('three')).status).to.equal(429);
  });

  it('ow-limits-11, 13, 14: thirty unfinished calls are taken, and the next is refused and has cost its call', async () => {
    const accepted: string[] = [];
    for (let i = 0; i < 30; i++) {
      const { status, json } = await host.rest('POST', 'actions/t/waits', {});
      expect(status).to.equal(202);
      accepted.push(json.activationId);
    }
    const error = 'Too many concurrent requests in flight (count: 30, allowed: 30).';
    const refused = await host.rest('POST', 'actions/t/waits', {});
    expect([refused.status, refused.json.error]).to.deep.equal([429, error]);
    const web = await host.web('t/fast');
    expect([web.status, JSON.parse(web.text).error]).to.deep.equal([429, error]);
    await gate.openWhile(() => Promise.all(accepted.map((id) => host.record(id))));
    // 32 calls are spent, so 28 are left.
    expect(await invokeMany('fast', 29)).to.deep.equal([...Array(28).fill(200), 429]);
  });

  it('ow-limits-12: of 36 calls at once 30 to 32 are taken', async () => {
    const answers = await Promise.all(Array.from({ length: 36 }, () => host.rest('POST', 'actions/t/waits', {})));
    const taken = answers.filter(({ status }) => status === 202);
    expect(taken.length).to.be.within(30, 32);
    for (const { status, json } of answers.filter((answer) => !taken.includes(answer))) {
      expect(status).to.equal(429);
      expect(json.error).to.match(/^Too many concurrent requests in flight \(count: \d+, allowed: 30\)\.$/);
    }
    await gate.openWhile(() => Promise.all(taken.map(({ json }) => host.record(json.activationId))));
  });

  it('counts the steps of a sequence as calls in flight', async () => {
    await host.sequence('slow', ['waits', 'fast']);
    const answers: Awaited<ReturnType<typeof host.rest>>[] = [];
    for (let i = 0; i < 30; i++) answers.push(await host.rest('POST', 'actions/t/slow', {}));
    expect((await host.invoke('fast')).status).to.equal(429);
    await gate.openWhile(() => Promise.all(answers.map(({ json }) => host.record(json.activationId))));
    expect((await host.invoke('fast')).status).to.equal(200);
  });
});
