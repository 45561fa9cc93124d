import { expect } from 'chai';
import { ENGINE, fact, RELOAD } from '../support/fact.ts';
import type { Subscribed } from '../support/qlik-in-test.ts';

const types = ({ receiver }: Subscribed) => receiver.received.map(({ event }) => event.type);

export const events = [
  fact('q-events-01', 'a reload by API or by schedule gives one final event with its id', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    const ids = [await qlik.reload(await qlik.app('a'))];
    ids.push((await qlik.control('POST', '/apps/a/reload', { type: 'chronos' })).id);
    await qlik.advance(60_000);
    expect(receiver.received.map(({ event }) => [event.data.id, event.data.type])).to.deep.equal([
      [ids[0], 'external'],
      [ids[1], 'chronos'],
    ]);
  }),
  fact(
    'q-events-02',
    'one engine attempt gives one engine event; with both types there are two deliveries',
    async (qlik) => {
      const hook = await qlik.subscribe([RELOAD, ENGINE]);
      await qlik.reload(await qlik.app('a'));
      await qlik.advance(60_000);
      expect(types(hook)).to.have.members([ENGINE, RELOAD]);
      expect(await qlik.listed(`${hook.path}/deliveries`)).to.have.length(2);
    },
  ),
  fact('q-events-03', 'an attempt that is repeated gives error, then ok, then one final event', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD, ENGINE]);
    await qlik.reload(await qlik.app('a', { engineAttempts: 2 }));
    await qlik.advance(60_000);
    expect(receiver.received.map(({ event }) => [event.type, event.data.status])).to.deep.equal([
      [ENGINE, 'error'],
      [ENGINE, 'ok'],
      [RELOAD, 'SUCCEEDED'],
    ]);
  }),
  fact('q-events-04', 'a load in the editor gives the engine event alone', async (qlik) => {
    const hook = await qlik.subscribe([RELOAD, ENGINE]);
    await qlik.app('a');
    await qlik.control('POST', '/apps/a/editor-load');
    await qlik.advance(60_000);
    expect(types(hook)).to.deep.equal([ENGINE]);
  }),
  fact('q-events-05', 'the event of a failed reload says so, and why', async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    await qlik.reload(await qlik.app('a', { outcomes: ['failed'] }));
    const { data } = receiver.received[0]?.event ?? expect.fail('nothing was sent');
    expect(data).to.include({ succeeded: false, status: 'FAILED' });
    expect(data.errorCode).to.be.a('string').with.length.above(0);
    expect(data.errorMessage).to.be.a('string').with.length.above(0);
  }),
  fact('q-events-06', 'when the event comes the record shows the end, unless the switch lets it lag', async (qlik) => {
    await qlik.app('a', { durationMs: 1000 });
    const statusAtEvent = async () => {
      const { receiver, path } = await qlik.subscribe([RELOAD]);
      const id = await qlik.reload('a');
      await qlik.advance(1000);
      expect(receiver.received).to.have.length(1);
      await qlik.call('DELETE', path);
      return (await qlik.record(id)).status;
    };
    expect(await statusAtEvent()).to.equal('SUCCEEDED');
    await qlik.switches({ 'reloads.recordLagMs': 5000 });
    expect(await statusAtEvent()).to.equal('RELOADING');
  }),
  fact('q-events-07', 'a session app, and a load that stores nothing, are told', async (qlik) => {
    const { receiver } = await qlik.subscribe([ENGINE]);
    await qlik.reload(await qlik.app('a', { isSessionApp: true }));
    await qlik.reload(await qlik.app('b', { isSkipStore: true }));
    expect(receiver.received.map(({ event }) => [event.data.isSessionApp, event.data.isSkipStore])).to.deep.equal([
      [true, false],
      [false, true],
    ]);
  }),
  fact('q-events-08', "a script app's event has appUsage DATA_PREPARATION", async (qlik) => {
    const { receiver } = await qlik.subscribe([RELOAD]);
    await qlik.reload(await qlik.app('a', { usage: 'DATA_PREPARATION' }));
    expect(receiver.received[0]?.event.data.appUsage).to.equal('DATA_PREPARATION');
  }),
];
