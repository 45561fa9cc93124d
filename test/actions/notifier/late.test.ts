import { expect } from 'chai';
import { failingApp, notifierWorld, T } from './support/notifier-world.ts';

const LATE = { deadline: T - 60_000, after: T - 86_460_000, to: ['ops', 'gone'] };
const NOTICE = {
  ...{ id: `late.${LATE.deadline}`, kind: 'late', at: LATE.deadline, late: LATE, to: ['ops', 'gone'] },
  due: { ops: T + 30_000, gone: T + 30_000 },
};
const NONE = { succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0 };

/** An app of which no end was recorded, and that is late. */
const lateApp = (appId: string) => ({
  ...{ _id: `app:default:${appId}`, schema: 1, type: 'app', counts: NONE, seconds: NONE, seen: [], over: [] },
  ...{ late: LATE, expectedSince: { text: 'by 07:00', at: T - 90_000_000 }, notices: [NOTICE], dueAt: T + 30_000 },
});

describe('the notifier, of an app that is late', () => {
  it('says by when it was expected, and why it is late, as that stands when the message leaves', async () => {
    const { sent, lines, store, run } = notifierWorld({ documents: [lateApp('c'), failingApp('a', [])] });
    await run('app:default:c');
    expect(sent.map(({ channel }) => channel)).to.deep.equal(['ops']);
    expect(sent[0]?.message.notices).to.deep.equal([
      {
        ...{ id: `app:default:c/late.${LATE.deadline}`, kind: 'late', at: '2027-01-15T07:59:00.000Z' },
        ...{ subject: 'App c', tenant: 'default', appId: 'c', chains: ['sales'], behind: [] },
        detail: 'It waits for App a, failing since 2027-01-15 07:59 UTC (ticket:reload:default:r-a).',
        deadline: '2027-01-15T07:59:00.000Z',
        ticket: 'ticket:reload:default:r-a',
      },
    ]);
    // The other channel is not in the settings.
    expect(lines.join()).to.contain('their channel is not in the settings');
    expect(store.peek('app:default:c')).to.deep.include({ notices: [], late: LATE });
    expect(store.peek('app:default:c')).not.to.have.property('dueAt');
  });

  it('links to the ticket of the app that it waits for on the dashboard’s page, if there is one, and to no run', async () => {
    const page = 'https://ow.example/dashboard';
    const { sent, run } = notifierWorld({ documents: [lateApp('c'), failingApp('a', [])], page });
    await run('app:default:c');
    const [late] = sent[0]?.message.notices ?? [];
    expect(late).to.include({ ticketUrl: `${page}#/tickets/ticket%3Areload%3Adefault%3Ar-a` });
    expect(late).not.to.have.any.keys('run', 'runUrl');
  });

  it('puts the apps that are late at the same time into one message', async () => {
    const { sent, run } = notifierWorld({ documents: [lateApp('b'), lateApp('c'), failingApp('a', [])] });
    await run('app:default:b', 'app:default:c');
    expect(sent.map(({ message }) => message.notices.map(({ subject }) => subject))).to.deep.equal([
      ['App b', 'App c'],
    ]);
  });
});
