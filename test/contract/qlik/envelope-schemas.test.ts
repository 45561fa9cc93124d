import { expect } from 'chai';
import { requireLocal } from '../support/target.ts';
import { ENGINE, RELOAD } from './support/fact.ts';
import { QlikInTest } from './support/qlik-in-test.ts';
import { type Form, misfits } from './support/schemas.ts';

/** Every kind of reload that a test can make the tenant run. */
const KINDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'in a personal space': {},
  'in a space': { spaceId: 's' },
  'of four outcomes': { outcomes: ['succeeded', 'failed', 'canceled', 'exceeded-limit'] },
  'tried three times': { engineAttempts: 3 },
  'of a script app': { usage: 'DATA_PREPARATION' },
  'of a session app': { isSessionApp: true },
  'that stores nothing': { isSkipStore: true },
  'with a long message beyond ASCII': {
    outcomes: ['failed'],
    errorMessage: `Tabelle „Umsätze" fehlt 売上 ${'x'.repeat(9000)}`,
  },
};

describe("events fit the schemas written from Qlik's descriptions", () => {
  const qlik = new QlikInTest();
  before(function () {
    requireLocal(this, 'QLIK_TEST_TENANT', 'events need reloads');
  });
  beforeEach(() => qlik.start());
  afterEach(() => qlik.close());

  for (const form of ['cloudevents', 'hybrid', 'legacy'] as const) {
    it(`in the form ${form}, for every kind of reload`, async () => {
      const { receiver } = await qlik.subscribe([RELOAD, ENGINE]);
      await qlik.switches({ 'delivery.form': form });
      for (const [name, settings] of Object.entries(KINDS)) {
        await qlik.app('a', { name, durationMs: 1500, ...settings });
        for (let round = 1; round <= 4; round += 1) {
          await qlik.post('a', { partial: round === 2, weight: round, resourceType: 'api', resourceId: name });
          await qlik.advance(600_000);
        }
        expect(receiver.received.length, name).to.be.at.least(8);
        for (const { event } of receiver.received.splice(0)) expect(misfits(event, form), name).to.deep.equal([]);
      }
    });
  }

  it('with the variants: started by somebody else, in the editor, without status, without echo', async () => {
    const { receiver } = await qlik.subscribe([RELOAD, ENGINE]);
    await qlik.app('a');
    for (const type of ['hub', 'chronos', 'automations', 'data-refresh', 'choreographer']) {
      await qlik.control('POST', '/apps/a/reload', { type });
      await qlik.advance(60_000);
    }
    await qlik.control('POST', '/apps/a/editor-load');
    await qlik.advance(60_000);
    await qlik.switches({ 'events.status': 'absent', 'reloads.echo': 'none' });
    await qlik.reload('a');
    await qlik.advance(60_000);
    expect(receiver.received).to.have.length(13);
    for (const { event } of receiver.received) expect(misfits(event, 'cloudevents')).to.deep.equal([]);
    expect(receiver.received.at(-1)?.event.data).not.to.have.property('status');
  });

  const good: Record<string, unknown> = {
    id: 'b347fd0d-1321-417f-91ee-90e96c76389c',
    type: RELOAD,
    source: 'com.qlik/reloads',
    specversion: '1.0',
    time: '2026-11-21T07:06:22Z',
    tenantid: 't1',
    toplevelresourceid: 'a',
    data: { id: '6a849f7f18ec290e6ceb025d', appId: 'a', userId: 'u1', succeeded: true },
  };
  const bad: [string, Form, Record<string, unknown>][] = [
    ['an attribute in camel case', 'cloudevents', { ...good, tenantId: 't1' }],
    ['no tenant', 'cloudevents', { ...good, tenantid: undefined }],
    ['a status that belies succeeded', 'cloudevents', { ...good, data: { ...Object(good['data']), status: 'FAILED' } }],
    ['a status that Qlik does not know', 'cloudevents', { ...good, data: { ...Object(good['data']), status: 'DONE' } }],
    ["an engine's event with the data of the other", 'cloudevents', { ...good, type: ENGINE }],
    ['a CloudEvent as legacy', 'legacy', good],
    ['a CloudEvent as hybrid', 'hybrid', good],
  ];
  it('and the schemas refuse what is none', () => {
    expect(misfits(good, 'cloudevents')).to.deep.equal([]);
    for (const [what, form, event] of bad) expect(misfits(event, form), what).not.to.deep.equal([]);
  });
});
