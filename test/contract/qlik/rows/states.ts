import { expect } from 'chai';
import { fact } from '../support/fact.ts';

const HOUR_MS = 3_600_000;

export const states = [
  fact('q-states-01', 'the roads of a reload, and an ended one never changes', async (qlik) => {
    const roads: Record<string, string[]> = {
      succeeded: ['QUEUED', 'RELOADING', 'SUCCEEDED'],
      failed: ['QUEUED', 'RELOADING', 'FAILED'],
      'exceeded-limit': ['QUEUED', 'RELOADING', 'EXCEEDED_LIMIT'],
      canceled: ['QUEUED', 'RELOADING', 'CANCELING', 'CANCELED'],
    };
    const ids: [string, string[]][] = [];
    for (const [outcome, road] of Object.entries(roads)) {
      ids.push([await qlik.reload(await qlik.app(outcome, { outcomes: [outcome] })), road]);
    }
    const waiting = (await qlik.post(await qlik.app('waits'))).body.id;
    await qlik.call('POST', `/api/v1/reloads/${waiting}/actions/cancel`);
    ids.push([waiting, ['QUEUED', 'CANCELING', 'CANCELED']]);
    await qlik.advance(10 * HOUR_MS);
    for (const [id, road] of ids) {
      expect(await qlik.states(id)).to.deep.equal(road);
      expect((await qlik.record(id)).status).to.equal(road.at(-1));
    }
  }),
  fact('q-states-02', 'with room for two, the third stays QUEUED until one ends', async (qlik) => {
    await qlik.switches({ 'reloads.concurrency': 2 });
    const made: string[] = [];
    for (const durationMs of [5000, 9000, 1000]) {
      made.push(await qlik.reload(await qlik.app(`a${durationMs}`, { durationMs })));
    }
    const statuses = () => Promise.all(made.map(async (id) => (await qlik.record(id)).status));
    await qlik.advance(4000);
    expect(await statuses()).to.deep.equal(['RELOADING', 'RELOADING', 'QUEUED']);
    await qlik.advance(1500);
    expect(await statuses()).to.deep.equal(['SUCCEEDED', 'RELOADING', 'RELOADING']);
  }),
  fact('q-states-03', 'the greater weight starts first, of equal ones the older', async (qlik) => {
    await qlik.switches({ 'reloads.concurrency': 1 });
    await qlik.reload(await qlik.app('first', { durationMs: 5000 }));
    for (const [id, weight] of [
      ['light', 1],
      ['heavy', 9],
      ['heavy-too', 9],
    ] as const) {
      await qlik.reload(await qlik.app(id, { spaceId: 's', durationMs: 1000 }), { weight });
    }
    await qlik.advance(10_000);
    const started = await qlik.listed('/api/v1/reloads?sort=startTime', 'appId');
    expect(started).to.deep.equal(['first', 'heavy', 'heavy-too', 'light']);
  }),
  fact('q-states-04', 'one that has waited six hours fails', async (qlik) => {
    await qlik.switches({ 'reloads.concurrency': 1 });
    for (const n of [1, 2, 3]) await qlik.reload(await qlik.app(`busy${n}`, { durationMs: 2.9 * HOUR_MS }));
    const id = await qlik.reload(await qlik.app('late'));
    await qlik.advance(6 * HOUR_MS - 1);
    expect((await qlik.record(id)).status).to.equal('QUEUED');
    await qlik.advance(1);
    const { status, startTime } = await qlik.record(id);
    expect(status).to.be.oneOf(['FAILED', 'EXCEEDED_LIMIT']);
    expect(startTime).to.equal(undefined);
  }),
  fact('q-states-05', 'one that has run three hours ends without success', async (qlik) => {
    const id = await qlik.reload(await qlik.app('a', { durationMs: 4 * HOUR_MS }));
    await qlik.advance(3 * HOUR_MS - 1);
    expect((await qlik.record(id)).status).to.equal('RELOADING');
    await qlik.advance(1);
    expect((await qlik.record(id)).status).to.be.oneOf(['FAILED', 'EXCEEDED_LIMIT']);
  }),
  fact('q-states-06', 'type is one of six words', async (qlik) => {
    await qlik.app('a');
    const types = ['hub', 'external', 'chronos', 'automations', 'data-refresh', 'choreographer'];
    for (const type of types) {
      await qlik.control('POST', '/apps/a/reload', { type });
      await qlik.advance(1000);
    }
    expect(await qlik.listed('/api/v1/reloads?appId=a&sort=creationTime', 'type')).to.deep.equal(types);
  }),
];
