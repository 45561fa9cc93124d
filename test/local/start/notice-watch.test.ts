import { expect } from 'chai';
import type { ActivationRecord } from '../../../local/host/activations.ts';
import { NoticeWatch } from '../../../local/start/notice-watch.ts';
import type { CompiledChains } from '../../../src/core/link.ts';

const CHAINS = {
  apps: { 'default/a1': { tenant: 'default', appId: 'a1', label: 'Sales', names: ['sales/extract'] } },
  links: {},
} as unknown as CompiledChains;

const record = (name: string, logs: readonly object[] = [], success = true): ActivationRecord =>
  ({
    name,
    cause: 'c1',
    end: 5,
    response: { success },
    logs: logs.map((fields) => `2026-11-29T07:00:00.000Z stdout: ${JSON.stringify(fields)}`),
  }) as unknown as ActivationRecord;

describe('the notices that npm start shows', () => {
  it('are those that the notifier says it sent', () => {
    const sent = { message: 'Notice sent', channel: 'ops', notice: 'app:default:a1/n1', kind: 'failed' };
    const logs = [{ message: 'Notified' }, { ...sent, tenant: 'default', appId: 'a1', ticket: 't1' }];
    const watch = new NoticeWatch(CHAINS);
    expect(watch.activationEnded(record('storer', logs))).to.deep.equal([]);
    expect(watch.activationEnded(record('notifier', logs))).to.deep.equal([
      { at: 5, channel: 'ops', kind: 'failed', about: 'sales/extract', tenant: 'default', appId: 'a1', ticket: 't1' },
    ]);
  });

  it('are named by their alert if they are about no app', () => {
    const sent = { message: 'Notice sent', channel: 'ops', notice: 'alert:quota:default/raised.7', kind: 'alert' };
    const [notice] = new NoticeWatch(CHAINS).activationEnded(record('notifier', [sent]));
    expect(notice).to.deep.equal({ at: 5, channel: 'ops', kind: 'alert', about: 'alert:quota:default' });
  });

  it('may be refused by a channel, until it takes one', () => {
    const watch = new NoticeWatch(CHAINS);
    const message = 'The channel "ops" took no message: it answered 404 (no_service)';
    watch.activationEnded(record('notifier', [{ message, channel: 'ops', answer: 'wrong' }]));
    watch.activationEnded(record('notifier', [{ message: 'm', channel: 'slow', answer: 'busy' }]));
    expect(watch.refused).to.deep.equal([
      { at: 5, channel: 'ops', message, isWrong: true },
      { at: 5, channel: 'slow', message: 'm', isWrong: false },
    ]);
    const sent = { message: 'Notice sent', channel: 'ops', notice: 'app:default:a1/n1', kind: 'failed' };
    watch.activationEnded(record('notifier', [sent]));
    expect(watch.refused.map(({ channel }) => channel)).to.deep.equal(['slow']);
  });

  it('may still come between the end of a storer and that of its notifier', () => {
    const watch = new NoticeWatch(CHAINS);
    watch.activationEnded(record('storer'));
    expect(watch.isQuiet).to.equal(false);
    watch.activationEnded(record('notifier'));
    expect(watch.isQuiet).to.equal(true);
  });

  it('do not come if the storer failed', () => {
    const watch = new NoticeWatch(CHAINS);
    watch.activationEnded(record('storer', [], false));
    expect(watch.isQuiet).to.equal(true);
  });
});
