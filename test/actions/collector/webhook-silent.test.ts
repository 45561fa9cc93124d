import { expect } from 'chai';
import { at, checkpoint, ended, event, idsOf, rig } from './support/rig.ts';

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
});
