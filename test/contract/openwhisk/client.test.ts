import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { until } from '../../support/until.ts';
import { useHost } from './support/use-host.ts';

/** The error with which a promise rejects; `resolved` if it resolves. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then((value) => ({ resolved: value })).catch((caught: unknown) => caught);
}

describe('contract of OpenWhisk: client', () => {
  const host = useHost('client');
  const client = (more: object = {}) =>
    openwhisk({ apihost: host.url, api_key: host.auth, namespace: '_', ignore_certs: true, ...more });
  const name = (action: string): string => `${host.pkg}/${action}`;
  before(async () => {
    await host.action('echo', 'function main(params) { return params }');
    await host.action('fails', 'function main() { return { error: { statusCode: 409 } } }');
  });

  it('ow-client-01: an invoke gives the id, blocking the record, with result the result', async () => {
    const [call, params] = [{ name: name('echo') }, { x: 1 }];
    expect(await client().actions.invoke({ ...call, params })).to.have.all.keys('activationId');
    const record = await client().actions.invoke({ ...call, params, blocking: true });
    expect(record).to.have.nested.property('response.result').that.deep.equals(params);
    expect(await client().actions.invoke({ ...call, params, blocking: true, result: true })).to.deep.equal(params);
  });

  it('ow-client-02: a failing action rejects with 502 and the record', async () => {
    for (const result of [false, true]) {
      const error = await rejection(client().actions.invoke({ name: name('fails'), blocking: true, result }));
      expect(error).to.include({ name: 'OpenWhiskError', statusCode: 502 });
      const end = 'Returned HTTP 502 (Bad Gateway) --> "application error, status code: 409"';
      expect((error as Error).message.slice(-end.length)).to.equal(end);
      expect(error).to.have.nested.property('error.response.status', 'application error');
    }
  });

  it('ow-client-03: response_timeout ends the call with an error without status code; timeout does not', async () => {
    await host.action('slow', 'function main() { return new Promise((r) => setTimeout(() => r({ done: 1 }), 2000)) }');
    const call = { name: name('slow'), blocking: true, result: true };
    const ended = { ...call, response_timeout: 500 } as typeof call;
    const error = await rejection(client().actions.invoke(ended));
    expect(error).to.be.instanceOf(Error);
    expect((error as { statusCode?: number }).statusCode).to.equal(undefined);
    const ignored = { ...call, timeout: 500 } as typeof call;
    expect(await client().actions.invoke(ignored)).to.deep.equal({ done: 1 });
  });

  it('ow-client-04: with retry of 0 retries a failing action is called three times, without retry once', async function () {
    for (const [action, more, calls] of [
      ['thrice', { retry: { retries: 0 } }, 3],
      ['once', {}, 1],
    ] as const) {
      await host.action(action, 'function main() { return { error: { statusCode: 409 } } }');
      const error = await rejection(client(more).actions.invoke({ name: name(action), blocking: true }));
      await host.record(this, (error as { error: { activationId: string } }).error.activationId);
      const records = () => host.list(`activations?name=${name(action)}`);
      await until('a record of each call', async () => (await records()).length >= calls);
      expect(await records(), action).to.have.lengthOf(calls);
    }
  });
});

describe('contract of OpenWhisk: client, at the ceiling', () => {
  const host = useHost('client-ceiling', 'default');

  it('ow-client-05: a blocking call above the ceiling rejects with the id alone, or resolves to it without result', async () => {
    await host.nextMinute();
    const ms = host.waitCeilingMs + 1_000;
    const code = `function main() { return new Promise((r) => setTimeout(r, ${ms})) }`;
    await host.action('long', code, {}, { limits: { timeout: ms + 30_000 } });
    const { actions } = openwhisk({ apihost: host.url, api_key: host.auth, namespace: '_', ignore_certs: true });
    const call = { name: `${host.pkg}/long`, blocking: true };
    const [rejected, resolved] = await Promise.all([
      rejection(actions.invoke({ ...call, result: true })),
      actions.invoke(call),
    ]);
    expect(rejected).to.have.all.keys('activationId').and.not.to.be.instanceOf(Error);
    expect(resolved).to.have.all.keys('activationId');
  });
});
