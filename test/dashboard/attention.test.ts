import { expect } from 'chai';
import { attentionIn } from '../../dashboard/model/attention.ts';
import type { NowLine } from '../../dashboard/model/now-lines.ts';
import type { CompiledChains } from '../../src/core/link.ts';

const app = (appId: string) => ({ tenant: 'default', appId, key: `default/${appId}`, label: appId.toUpperCase() });
const line = (appId: string, state: string, at: number): NowLine =>
  ({ app: app(appId), state, at, waitsFor: 0 }) as unknown as NowLine;
const at = (clock: string): number => Date.parse(`2026-12-02T${clock}Z`);

const streak = (ticket: string, lastFailedAt: number, more: object = {}) => ({
  failing: { since: lastFailedAt, first: 'r', times: 1, lastFailedAt, ticket, ...more },
});
const ticket = (_id: string, appId: string, lastFailedAt: number, message: string) =>
  [
    _id,
    { _id, tenant: 'default', appId, failedAt: lastFailedAt, lastFailedAt, error: { code: 'c', message } },
  ] as const;
const act = (subject: string, number: number, more: object) => {
  const _id = `act:${subject}:00000000${number}:aaaaaa`;
  return [_id, { _id, by: 'ann', at: number, ...more }] as const;
};

/** An order that was given up. */
const givenUp = (name: string, appId: string, clock: string, more: object = {}) => {
  const _id = `order:default:${appId}:s:${name}`;
  return [[_id, { _id, tenant: 'default', appId, state: 'gave-up', createdAt: at(clock), ...more }]] as const;
};

const [RATES, IMPORT] = ['ticket:reload:default:r1', 'ticket:reload:default:r2'];
const link = (after: string, target: string) => ({
  chain: 'c',
  after: app(after),
  target: app(target),
  on: 'succeeded',
  clause: 's',
  body: {},
  paused: false,
});
const CHAINS = { links: { 'default/rates': [link('rates', 'report')] }, apps: {} } as unknown as CompiledChains;

function listed(lines: readonly NowLine[], acts: readonly (readonly [string, object])[] = [], states: object = {}) {
  const documents: Record<string, ReadonlyMap<string, unknown>> = {
    app: new Map<string, unknown>([
      ['app:default:rates', streak(RATES, at('02:13:06'))],
      ['app:default:import', streak(IMPORT, at('03:10:00'))],
      ['app:default:report', { late: { deadline: at('06:00:00'), to: [] } }],
      // Its reload failed, and a person called its next attempt off: it is in no streak.
      ['app:default:once', { last: { endedAt: at('04:00:00'), error: { code: 'c', message: 'Disk full.' } } }],
      ['app:default:old', { last: { endedAt: at('04:00:00'), error: { code: 'c', message: 'Disk full.' } } }],
      ['app:default:mute', { last: { endedAt: at('04:00:00') } }],
      ...Object.entries(states),
    ]),
    ticket: new Map<string, unknown>([
      ticket(RATES, 'rates', at('02:13:06'), 'Field not found.'),
      ticket(IMPORT, 'import', at('03:10:00'), 'No such file.'),
    ]),
    order: new Map([
      ...givenUp('o1', 'dear', '04:30:00'),
      ...givenUp('o2', 'dear', '04:40:00'),
      ...givenUp('o3', 'old', '00:10:00'),
      ...givenUp('o4', 'refused', '04:00:00', {
        ...{ gaveUpAt: at('05:00:00'), reason: { code: 'QLIK_REFUSED', message: 'Qlik refuses it: no such app.' } },
      }),
    ]),
    act: new Map(acts),
  };
  const of = ((type: string) => documents[type] ?? new Map()) as never;
  return attentionIn(lines, {
    chains: CHAINS,
    documents: { of },
    labelOf: ({ appId }) => appId.toUpperCase(),
  }).map(({ line: { app: shown }, why, ticket: id, owner }) => [shown.label, why, id, owner]);
}

const FAILED = [line('rates', 'failed', at('02:13:06')), line('import', 'failed', at('03:10:00'))];

describe('what needs somebody', () => {
  it('is first what failed, the last one first, and then what is late because of it, with who looks after it', () => {
    const lines = [line('report', 'late', at('06:00:00')), ...FAILED, line('fine', 'succeeded', 1)];
    expect(listed(lines, [act(RATES, 1, { kind: 'own', value: 'ben' })])).to.deep.equal([
      ['IMPORT', 'No such file.', IMPORT, undefined],
      ['RATES', 'Field not found.', RATES, 'ben'],
      ['REPORT', 'It waits for RATES, failing since 2026-12-02 02:13:06Z.', RATES, 'ben'],
    ]);
  });

  it('failed because of the last failure, also if Qlik gave no error then, or if somebody canceled a reload since', () => {
    const why = (state: object) => listed([line('rates', 'failed', 0)], [], { 'app:default:rates': state })[0]?.[1];
    const [two, last] = [at('02:13:06'), at('03:00:00')];
    const error = { code: 'c', message: 'Disk full.' };
    const twice = { since: two, times: 2, errorAt: last };
    expect(why({ ...streak(RATES, last, { ...twice, error }), last: { endedAt: at('04:00:00') } })).to.equal(
      'Disk full.',
    );
    expect(why({ ...streak(RATES, last, { ...twice, error, errorAt: two }) })).to.equal('Qlik did not say why.');
    expect(why({ ...streak(RATES, last), last: { endedAt: last } })).to.equal('Qlik did not say why.');
    // The device has the ticket of before the last failure.
    expect(why({ ...streak(RATES, last), last: { endedAt: at('04:00:00') } })).to.equal('Qlik did not say why.');
    // An earlier version of Cascade noted the error only in the ticket.
    expect(why({ ...streak(RATES, two), last: { endedAt: last } })).to.equal('Field not found.');
  });

  it('is not what somebody has rejected or answered', () => {
    const acts = [act(RATES, 1, { kind: 'reject', value: 'known' }), act(IMPORT, 1, { kind: 'answer', value: 5 })];
    expect(listed(FAILED, acts)).to.deep.equal([]);
  });

  it('is also an app that failed last and is in no streak of failures', () => {
    const lines = [line('once', 'failed', at('04:00:00')), line('mute', 'failed', at('04:00:00'))];
    expect(listed(lines)).to.deep.equal([
      ['ONCE', 'Disk full.', undefined, undefined],
      ['MUTE', 'Qlik did not say why.', undefined, undefined],
    ]);
  });

  it('is also an app whose reload Cascade gave up, with the time and the reason, until it succeeds', () => {
    const why = 'Cascade gave a reload up at 2026-12-02 05:00:00Z: Qlik refuses it: no such app.';
    const row = [['REFUSED', why, undefined, undefined]];
    const lines = (state: string) => [line('refused', state, at('05:00:00'))];
    expect(listed(lines('failed'))).to.deep.equal(row);
    // A person has canceled a reload of it since.
    const last = { endedAt: at('06:00:00') };
    expect(listed(lines('canceled'), [], { 'app:default:refused': { last } })).to.deep.equal(row);
    expect(listed(lines('succeeded'), [], { 'app:default:refused': { last, lastSuccess: last } })).to.deep.equal([]);
  });

  it('is not an app whose given-up orders somebody has all dismissed', () => {
    const lines = [line('dear', 'failed', at('05:00:00'))];
    const why = 'Cascade gave a reload up at 2026-12-02 04:40:00Z: no reason is known';
    const first = act('order:default:dear:s:o1', 1, { kind: 'dismiss' });
    const second = act('order:default:dear:s:o2', 2, { kind: 'dismiss' });
    expect(listed(lines, [first])).to.deep.equal([['DEAR', why, undefined, undefined]]);
    expect(listed(lines, [first, second])).to.deep.equal([]);
    const reopened = act('order:default:dear:s:o2', 3, { kind: 'reopen' });
    expect(listed(lines, [first, second, reopened])).to.deep.equal([['DEAR', why, undefined, undefined]]);
    expect(listed(lines, [second])[0]?.[1]).to.equal(
      'Cascade gave a reload up at 2026-12-02 04:30:00Z: no reason is known',
    );
  });

  it('is an app that failed after an order of it was given up and dismissed', () => {
    const dismissed = act('order:default:old:s:o3', 1, { kind: 'dismiss' });
    expect(listed([line('old', 'failed', at('04:00:00'))], [dismissed])).to.deep.equal([
      ['OLD', 'Disk full.', undefined, undefined],
    ]);
  });

  it('is also an app that failed and runs again', () => {
    expect(listed([line('rates', 'running', at('07:36:00'))])).to.deep.equal([
      ['RATES', 'It last failed at 2026-12-02 02:13:06Z: Field not found.', RATES, undefined],
    ]);
  });
});
