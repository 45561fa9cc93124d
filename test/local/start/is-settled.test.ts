import { expect } from 'chai';
import { isSettled } from '../../../local/start/is-settled.ts';
import type { SeenReload, WatchedReload } from '../../../local/start/reload-watch.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';

const reload = (appId: string, more: Partial<WatchedReload> = {}): WatchedReload => ({
  tenant: 'default' as TenantName,
  appId: appId as AppId,
  reloadId: `reload-of-${appId}`,
  app: `chain/${appId}`,
  after: null,
  afterOutcome: null,
  depth: 0,
  queuedAt: 0,
  outcome: 'succeeded',
  ...more,
});
const delivered = (appId: string, answer: object): Extract<SeenReload, { kind: 'delivered' }> => ({
  kind: 'delivered',
  at: 0,
  app: { tenant: 'default' as TenantName, appId: appId as AppId },
  statusCode: 202,
  answer: JSON.stringify(answer),
});
const nothing = { orders: [] };
const willRetry = { orders: [], skips: [{ reason: 'will-retry', order: 'order:a', attempt: 1, attempts: 3 }] };
const attempt = (number: number) => ({ reloadId: `attempt-${number}`, attempt: { order: 'order:a', number } });
const first = reload('a', attempt(1));
const startsB = { orders: [{ activationId: 'act-b' }] };

describe('the examples’ run', () => {
  it('is over when every reload ended, was told, and nothing that was started is missing', () => {
    const activations = new Map([['act-b', 'reload-of-b']]);
    expect(
      isSettled([reload('a'), reload('b')], [delivered('a', startsB), delivered('b', nothing)], [], activations),
    ).to.equal(true);
  });

  it('is over when an activation started nothing', () => {
    expect(isSettled([reload('a')], [delivered('a', startsB)], [], new Map([['act-b', undefined]]))).to.equal(true);
  });

  it('is over when the further attempt is over', () => {
    const second = reload('a', attempt(2));
    const deliveries = [delivered('a', willRetry), delivered('a', nothing)];
    expect(isSettled([first, second], deliveries, [], new Map())).to.equal(true);
  });

  const { outcome: _, ...running } = reload('a');
  const unsettled: readonly (readonly [why: string, ...Parameters<typeof isSettled>])[] = [
    [
      'a reload runs, though a webhook of its app was answered before',
      [running],
      [delivered('a', nothing)],
      [],
      new Map(),
    ],
    ['a reload’s webhook is not answered', [reload('a')], [], [], new Map()],
    [
      'one of two webhooks of an app is not answered',
      [reload('a'), reload('a')],
      [delivered('a', nothing)],
      [],
      new Map(),
    ],
    ['an activation is not over', [reload('a')], [delivered('a', startsB)], [], new Map()],
    [
      'a reload was started that nobody saw yet',
      [reload('a')],
      [delivered('a', startsB)],
      [],
      new Map([['act-b', 'reload-of-b']]),
    ],
    [
      'a sweep started a reload that nobody saw yet',
      [reload('a')],
      [delivered('a', nothing)],
      [JSON.stringify(startsB)],
      new Map([['act-b', 'reload-of-b']]),
    ],
    ['a further attempt is to come', [first], [delivered('a', willRetry)], [], new Map()],
  ];
  for (const [why, ...state] of unsettled) {
    it(`is not over while ${why}`, () => expect(isSettled(...state)).to.equal(false));
  }
});
