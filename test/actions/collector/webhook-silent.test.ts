import { expect } from 'chai';
import { at, checkpoint, ended, event, idsOf, rig, type ScriptedQlik } from './support/rig.ts';

describe('a silent webhook', () => {
  const five = ['r1', 'r2', 'r3', 'r4', 'r5'];
  const times = ['11:10', '11:20', '11:30', '11:40', '11:50'];
  const list = five.map((id, index) => ended(id, times[index] ?? '')).reverse();
  const known = (source: string) => five.slice(0, 4).map((id, index) => event(id, times[index] ?? '', { source }));

  it('is an alert where the sweep told the newest five ends', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:45'), ...known('sweep'));
    qlik.pages.push(list);
    expect(idsOf(await sweep())).to.deep.equal(['r5']);
    expect(couch.peek('alert:webhook-silent:default')).to.deep.include({ kind: 'webhook-silent', subject: 'default' });
  });

  it('is none where the list went on from where an older one ended: the newest ends are not in it', async () => {
    const { couch, qlik, sweep } = rig();
    const gap = { head: at('11:59'), by: 'end', next: '1', reached: at('11:55') };
    couch.seed(checkpoint('11:45', { gap }), ...known('sweep'));
    qlik.pages.push([], list);
    expect(idsOf(await sweep())).to.deep.equal(['r5']);
    expect(couch.peek('alert:webhook-silent:default')).to.equal(undefined);
  });

  it('is none where the webhook told one of them, or where there are fewer', async () => {
    for (const seeds of [known('webhook'), known('sweep').slice(1)]) {
      const { couch, qlik, sweep } = rig();
      couch.seed(checkpoint('11:45'), ...seeds);
      qlik.pages.push(seeds.length === 4 ? list : list.slice(0, 4));
      await sweep();
      expect(couch.peek('alert:webhook-silent:default')).to.equal(undefined);
    }
  });

  const silentWith = async (more: Partial<Pick<ScriptedQlik, 'webhooksAnswer' | 'deliveryAnswer'>>) => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:45'), ...known('sweep'));
    qlik.pages.push(list);
    Object.assign(qlik, more);
    await sweep();
    const message = String(couch.peek('alert:webhook-silent:default')?.['message']);
    return { why: message.slice(message.indexOf('administration. ') + 16), calls: qlik.calls.slice(1) };
  };
  const webhook = {
    id: 'w1',
    name: 'cascade',
    url: 'https://host/api/v1/web/guest/cascade/webhook',
    isEnabled: true,
    eventTypes: ['com.qlik.v1.reload.finished'],
  };
  const listed = (...webhooks: readonly (typeof webhook & { readonly disabledReason?: string })[]) =>
    ({ webhooksAnswer: { kind: 'listed', webhooks } }) as const;
  const delivered = (hasSucceeded: boolean, more: object = {}) =>
    ({
      deliveryAnswer: { kind: 'known', delivery: { hasSucceeded, message: 'timeout', at: at('11:55'), ...more } },
    }) as const;

  it('is said to be disabled in Qlik where it is, and why', async () => {
    const others = { ...webhook, id: 'w2', name: 'theirs', url: 'https://host/other' };
    const disabled = { ...webhook, isEnabled: false, disabledReason: 'too many failures' };
    expect(await silentWith(listed(others, disabled))).to.deep.equal({
      why: 'Disabled in Qlik: the webhook "cascade" (too many failures). Mend the cause, and enable it again.',
      calls: ['webhooks'],
    });
  });

  it('is said to be refused by the host, with its answer, or not to reach it', async () => {
    expect(await silentWith({ ...listed(webhook), ...delivered(false, { statusCode: 429 }) })).to.deep.equal({
      why: 'Refused by the host: the last delivery at 2026-11-22 11:55:00Z to the webhook "cascade" was answered 429.',
      calls: ['webhooks', 'delivery w1'],
    });
    expect((await silentWith({ ...listed(webhook), ...delivered(false) })).why).to.equal(
      'The host was not reached: the last delivery at 2026-11-22 11:55:00Z to the webhook "cascade" failed (timeout).',
    );
  });

  it('is asked about by the one that is enabled, if an older one of ours is disabled', async () => {
    const old = { ...webhook, id: 'w0', name: 'old', isEnabled: false };
    expect(await silentWith({ ...listed(old, webhook), ...delivered(false, { statusCode: 502 }) })).to.deep.equal({
      why: 'Refused by the host: the last delivery at 2026-11-22 11:55:00Z to the webhook "cascade" was answered 502.',
      calls: ['webhooks', 'delivery w1'],
    });
  });

  it('is looked for among all webhooks for ends of reloads if none has our path, as behind a gateway', async () => {
    const gateway = { ...webhook, id: 'w9', name: 'gateway', url: 'https://gateway.example/qlik' };
    const others = { ...webhook, id: 'w8', eventTypes: ['com.qlik.v1.app.created'] };
    expect(await silentWith({ ...listed(others, gateway), ...delivered(false, { statusCode: 502 }) })).to.deep.equal({
      why: 'Refused by the host: the last delivery at 2026-11-22 11:55:00Z to the webhook "gateway" was answered 502.',
      calls: ['webhooks', 'delivery w9'],
    });
  });

  it('is silent for an unknown reason where Qlik does not tell, or tells of no failure', async () => {
    expect((await silentWith({})).why).to.equal('Unknown why: Qlik answered 403 to the list of webhooks.');
    expect((await silentWith(listed())).why).to.match(/^Unknown why: Qlik shows this credential no webhook/);
    expect((await silentWith({ ...listed(webhook), ...delivered(true) })).why).to.match(
      /^Unknown why: .* succeeded\.$/,
    );
    expect((await silentWith(listed(webhook))).why).to.match(/^Unknown why: Qlik has delivered nothing/);
    const refused = {
      deliveryAnswer: { kind: 'unavailable', message: 'Qlik answered 404 to a webhook’s deliveries' },
    } as const;
    expect((await silentWith({ ...listed(webhook), ...refused })).why).to.equal(
      'Unknown why: Qlik answered 404 to a webhook’s deliveries.',
    );
  });

  /** @param ends - for each time, who reported the end that happened then; `new` if nobody has. */
  const alertsOf = async (ends: Readonly<Record<string, 'sweep' | 'webhook' | 'new'>>): Promise<boolean> => {
    const { couch, qlik, sweep } = rig();
    const entries = Object.entries(ends).map(([time, source], index) => ({ id: `e${index}`, time, source }));
    couch.seed(checkpoint('11:45'));
    for (const { id, time, source } of entries) if (source !== 'new') couch.seed(event(id, time, { source }));
    qlik.pages.push(entries.map(({ id, time }) => ended(id, time)).reverse());
    await sweep();
    return couch.peek('alert:webhook-silent:default') !== undefined;
  };
  const BEFORE = { '11:10': 'sweep', '11:20': 'sweep', '11:30': 'sweep' } as const;

  it('is none after a burst of which the host refused the most, for all of a minute is one burst', async () => {
    const burst = {
      '11:50:00': 'new',
      '11:50:10': 'new',
      '11:50:20': 'new',
      '11:50:40': 'new',
      '11:50:59': 'new',
    } as const;
    expect(await alertsOf(burst)).to.equal(false);
    expect(await alertsOf({ ...BEFORE, ...burst })).to.equal(false);
    expect(await alertsOf({ ...BEFORE, '11:40': 'sweep', ...burst })).to.equal(true);
  });

  it('is none where one webhook of a burst came', async () => {
    const burst = { '11:50:00': 'webhook', '11:50:10': 'new', '11:50:59': 'new' } as const;
    expect(await alertsOf({ ...BEFORE, '11:40': 'sweep', ...burst })).to.equal(false);
  });

  it('counts ends that are a minute apart each', async () => {
    const apart = { '11:46': 'new', '11:47': 'new', '11:48': 'new', '11:49': 'new', '11:50': 'new' } as const;
    expect(await alertsOf(apart)).to.equal(true);
    expect(await alertsOf({ ...apart, '11:49': 'webhook' })).to.equal(false);
    const closer = {
      '11:46:00': 'new',
      '11:46:59.999': 'new',
      '11:48': 'new',
      '11:49': 'new',
      '11:50': 'new',
    } as const;
    expect(await alertsOf(closer)).to.equal(false);
  });

  /** Sixty ends, one in each second of a minute. `told` says who reported the end of a second. */
  const sixtyAt = (time: string, told: (second: number) => 'sweep' | 'webhook' | 'new') =>
    Object.fromEntries(
      Array.from({ length: 60 }, (_, second) => [`${time}:${String(second).padStart(2, '0')}`, told(second)] as const),
    );

  it('is an alert after five bursts of sixty ends each', async () => {
    const before = ['11:10', '11:20', '11:30', '11:40'].map((time) => sixtyAt(time, () => 'sweep'));
    const four = Object.assign({}, ...before);
    expect(await alertsOf({ ...four, ...sixtyAt('11:50', () => 'new') })).to.equal(true);
    expect(await alertsOf({ ...sixtyAt('11:40', () => 'sweep'), ...sixtyAt('11:50', () => 'new') })).to.equal(false);
  });

  it('is none where the host took the first ends of a burst of sixty, or the last ones', async () => {
    const before = ['11:20', '11:30', '11:40', '11:50'].map((time) => sixtyAt(time, () => 'new'));
    const four = Object.assign({}, ...before);
    for (const took of [(second: number) => second < 5, (second: number) => second > 55]) {
      const burst = sixtyAt('11:10', (second) => (took(second) ? 'webhook' : 'sweep'));
      expect(await alertsOf({ ...burst, ...four })).to.equal(false);
    }
  });

  it('looks up thirty ends of a burst of sixty: the last but one is none of them', async () => {
    const before = ['11:10', '11:20', '11:30', '11:40'].map((time) => sixtyAt(time, () => 'sweep'));
    const four = Object.assign({}, ...before);
    const tookOnly = (took: number) => sixtyAt('11:50', (second) => (second === took ? 'webhook' : 'new'));
    expect(await alertsOf({ ...four, ...tookOnly(58) })).to.equal(true);
    expect(await alertsOf({ ...four, ...tookOnly(59) })).to.equal(false);
  });

  it('is not looked for in more than five further pages of the list', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:45'));
    // Each page has forty ends, the newest first; the first one is of a long reload.
    const page = (second: string, id: string) =>
      Array.from({ length: 40 }, (_, n) => ({ id: `${id}n${n}`, time: `${second}.${999 - n}` })).map((end, n) =>
        ended(end.id, end.time, n === 0 ? { createdAt: at('05:00') } : {}),
      );
    qlik.pages.push(page('11:50:00', 'new'));
    // All of these are in one minute, so they are one burst. The sweep itself reads the first page of them.
    for (let second = 59; second > 50; second -= 1) {
      const ends = page(`11:20:${second}`, `e${second}`);
      couch.seed(...ends.map(({ id }, n) => event(id, `11:20:${second}.${999 - n}`, { source: 'sweep' })));
      qlik.pages.push(ends);
    }
    await sweep();
    expect(qlik.calls.filter((call) => call.startsWith('list'))).to.have.length(7);
    expect(couch.peek('alert:webhook-silent:default')).to.equal(undefined);
  });

  describe('whose bursts are so large, or so rare, that the list since the last sweep has not five of them', () => {
    /** Bursts of forty ends, each a page of the list, the newest first; the first one is of a long reload. */
    const sweepOf = async (bursts: Readonly<Record<string, 'sweep' | 'webhook' | 'new'>>) => {
      const { couch, qlik, sweep } = rig();
      couch.seed(checkpoint('11:45'));
      for (const [time, source] of Object.entries(bursts)) {
        const ends = Array.from({ length: 40 }, (_, n) => ({
          id: `e${time.replace(':', '')}n${n}`,
          time: `${time}:${10 + n}`,
        })).reverse();
        if (source !== 'new') couch.seed(...ends.map((end) => event(end.id, end.time, { source })));
        qlik.pages.push(
          ends.map(({ id, time: each }, n) => ended(id, each, n === 0 ? { createdAt: at('05:00') } : {})),
        );
      }
      await sweep();
      const lists = qlik.calls.filter((call) => call.startsWith('list'));
      return { isAlert: couch.peek('alert:webhook-silent:default') !== undefined, lists: lists.length };
    };
    const OLDER = { '11:20': 'sweep', '10:20': 'sweep', '09:20': 'sweep' } as const;

    it('is an alert, for which the list is read on', async () => {
      const bursts = { '11:50': 'new', ...OLDER, '08:20': 'sweep', '07:20': 'sweep', '06:20': 'sweep' } as const;
      expect(await sweepOf(bursts)).to.deep.equal({ isAlert: true, lists: 5 });
    });

    it('is none where a webhook told an older one, or there are fewer', async () => {
      const told = { '11:50': 'new', ...OLDER, '08:20': 'webhook' } as const;
      expect(await sweepOf(told)).to.deep.equal({ isAlert: false, lists: 5 });
      expect(await sweepOf({ '11:50': 'new', ...OLDER })).to.deep.equal({ isAlert: false, lists: 4 });
    });

    it('costs no further list where a webhook told one that is in it, or nothing is new', async () => {
      const told = { '11:50': 'new', '11:20': 'webhook', '10:20': 'sweep' } as const;
      expect(await sweepOf(told)).to.deep.equal({ isAlert: false, lists: 2 });
      const known = { '11:50': 'sweep', ...OLDER, '08:20': 'sweep' } as const;
      expect(await sweepOf(known)).to.deep.equal({ isAlert: false, lists: 2 });
    });
  });
});
