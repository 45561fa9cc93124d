import { expect } from 'chai';
import { active, checkpoint, ended, idsOf, rig } from './support/rig.ts';

describe('what a record tells', () => {
  const records = [
    ['FAILED', 'failed'],
    ['CANCELED', 'canceled'],
    ['EXCEEDED_LIMIT', 'exceeded-limit'],
  ] as const;
  for (const [status, outcome] of records) {
    it(`is what the webhook would: ${status}`, async () => {
      const { couch, qlik, sweep } = rig();
      couch.seed(checkpoint('11:00'));
      const error = { code: 'E1', message: 'broken' };
      const resourceId = 'order:default:a:s:r0~3';
      qlik.pages.push([ended('r1', '11:40', { status, error, resourceId, partial: true, type: 'external' })]);
      const [told] = (await sweep()).events;
      expect(told).to.deep.include({
        outcome,
        error,
        orderId: 'order:default:a:s:r0',
        orderTry: 3,
        partial: true,
        startedBy: 'external',
      });
    });
  }

  it('is nothing while it is queued or runs, nor with an id that no document can have', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(checkpoint('11:00'));
    qlik.pages.push([active('r1', '11:30'), ended('r:2', '11:40'), ended('r3', '11:39', { status: 'CANCELING' })]);
    expect(idsOf(await sweep())).to.deep.equal([]);
  });
});
