import { expect } from 'chai';
import { bot, notifierWorld, T, TAKEN } from './support/notifier-world.ts';

const alert = (kind: string, subject: string, more: object = {}) => ({
  ...{ _id: `alert:${kind}:${subject}`, schema: 1, type: 'alert', kind, subject, message: 'Look there.' },
  ...{ traceId: 't0', at: T - 9_000, unroutedSince: T - 9_000, dueAt: T + 21_000, ...more },
});

describe('the notifier and alerts', () => {
  it('sends a new alert to the channel default', async () => {
    const world = notifierWorld({ documents: [alert('quota', 'default/a')] });
    await world.run('alert:quota:default/a');
    expect(world.sent.map(({ channel, message }) => ({ channel, notices: message.notices }))).to.deep.equal([
      {
        channel: 'default',
        notices: [
          {
            id: 'alert:quota:default/a/raised.1799999991000',
            kind: 'alert',
            at: '2027-01-15T07:59:51.000Z',
            subject: 'App a',
            tenant: 'default',
            appId: 'a',
            chains: ['sales'],
            alert: 'quota',
            detail: 'Look there.',
            traceId: 't0',
          },
        ],
      },
    ]);
    expect(world.store.peek('alert:quota:default/a'))
      .to.deep.include({ notices: [], toldAt: T, at: T - 9_000 })
      .and.not.have.any.keys('unroutedSince', 'dueAt', 'leases');
  });

  it('leases an alert while a channel is asked, so that no other notifier sends it', async () => {
    const leases: unknown[] = [];
    const world = notifierWorld({
      documents: [alert('quota', 'default/a')],
      answers: {
        default: [
          async () => {
            leases.push(world.store.peek('alert:quota:default/a')?.['leases']);
            return TAKEN;
          },
        ],
      },
    });
    await world.run('alert:quota:default/a');
    expect(leases).to.deep.equal([{ default: T + 60_000 }]);
  });

  it('sends that an order was given up where its app’s routes say', async () => {
    const id = 'alert:gave-up:order:default:b:s:r1';
    const world = notifierWorld({ documents: [alert('gave-up', 'order:default:b:s:r1')] });
    await world.run(id);
    expect(world.sent.map(({ channel, message }) => [channel, message.notices[0]?.kind])).to.deep.equal([
      ['ops', 'gave-up'],
    ]);
  });

  it('says of a given-up order which app it was, which app it follows, what waits behind it, and where it is in Qlik', async () => {
    const cause = {
      ...{ _id: 'event:default:r1', schema: 1, type: 'event', tenant: 'default', appId: 'a', reloadId: 'r1' },
      ...{ outcome: 'succeeded', endedAt: T - 20_000, partial: false, source: 'webhook', traceId: 't0', storedAt: T },
    };
    const tenant = { _id: 'tenant:default', schema: 1, type: 'tenant', url: 'https://acme.eu.qlikcloud.com' };
    const gaveUp = alert('gave-up', 'order:default:b:s:r2.r1', { message: 'The app b is not reloaded: 403.' });
    const world = notifierWorld({ documents: [gaveUp, cause, tenant] });
    await world.run(gaveUp._id);
    expect(world.sent[0]?.message.notices).to.deep.equal([
      {
        ...{ id: `${gaveUp._id}/raised.1799999991000`, kind: 'gave-up', at: '2027-01-15T07:59:51.000Z' },
        ...{ subject: 'App b', tenant: 'default', appId: 'b', chains: ['sales'], behind: ['App c'] },
        ...{ order: 'order:default:b:s:r2.r1', upstream: 'App a', detail: 'The app b is not reloaded: 403.' },
        ...{ url: 'https://acme.eu.qlikcloud.com/sense/app/b', traceId: 't0' },
      },
    ]);
  });

  it('links from a given-up order to its run on the dashboard’s page, if there is one', async () => {
    const gaveUp = alert('gave-up', 'order:default:b:s:r1');
    const world = notifierWorld({ documents: [gaveUp], page: 'https://ow.example/dashboard' });
    await world.run(gaveUp._id);
    expect(world.sent[0]?.message.notices[0])
      .to.include({ runUrl: 'https://ow.example/dashboard#/runs/order%3Adefault%3Ab%3As%3Ar1' })
      .and.not.have.property('ticketUrl');
  });

  for (const [kind, subject, shown] of [
    ['too-many-starts', 'default:b', 'App b'],
    ['unseen-app', 'default/c', 'App c'],
    ['in-doubt', 'order:default:a:s:m.act1', 'App a'],
    ['quota', 'default/unknown', 'unknown'],
    ['webhook-silent', 'acme', 'Tenant acme'],
    ['too-many-hops', 'event:default:r1', 'Run event:default:r1'],
    ['not-stored', 'event:default:r1', 'event:default:r1'],
    ['not-stored', 'order:default:c:s:r1', 'App c'],
  ] as const) {
    it(`names what an alert is about: ${kind} of ${subject}`, async () => {
      const raised = alert(kind, subject);
      const world = notifierWorld({ documents: [raised] });
      await world.run(raised._id);
      expect(world.sent[0]?.message.notices[0]).to.include({ subject: shown, alert: kind });
    });
  }

  it('never owes a channel the alert about itself', async () => {
    const documents = [alert('channel-refused', 'default'), alert('channel-refused', 'ops')];
    const world = notifierWorld({ documents });
    await world.run(...documents.map(({ _id }) => _id));
    expect(
      world.sent.flatMap(({ channel, message }) => message.notices.map(({ subject }) => [channel, subject])),
    ).to.deep.equal([['default', 'Channel ops']]);
    expect(world.store.peek('alert:channel-refused:default'))
      .to.deep.include({ notices: [] })
      .and.not.have.any.keys('unroutedSince', 'dueAt', 'toldAt');
  });

  it('leaves an alert of an earlier version as it is', async () => {
    const { unroutedSince: _, dueAt: __, ...old } = alert('quota', 'default/a');
    const world = notifierWorld({ documents: [old] });
    await world.run('alert:quota:default/a');
    expect(world.sent).to.deep.equal([]);
    expect(world.store.peek('alert:quota:default/a')).to.deep.equal({ ...old, _rev: '1-seed' });
  });

  for (const channels of [[], [bot('ops')]]) {
    it(`owes nobody an alert if ${channels.length === 0 ? 'no channel is set' : 'no channel is called default'}`, async () => {
      const world = notifierWorld({ documents: [alert('quota', 'default/a')], channels });
      await world.run('alert:quota:default/a');
      expect(world.sent).to.deep.equal([]);
      expect(world.store.peek('alert:quota:default/a'))
        .to.deep.include({ notices: [] })
        .and.not.have.any.keys('unroutedSince', 'dueAt');
    });
  }
});
