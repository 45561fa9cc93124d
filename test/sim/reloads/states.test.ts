import { expect } from 'chai';
import { useTenant } from '../support/use-tenant.ts';

describe('sim: the states of a reload', () => {
  const tenant = useTenant({ clock: 'hand' });

  it('stay CANCELED when the time comes at which it would have ended', async () => {
    await tenant.app('a', { durationMs: 400 });
    const { id } = (await tenant.reload('a')).body;
    await tenant.advance(100);
    await tenant.call('POST', `/api/v1/reloads/${id}/actions/cancel`);
    await tenant.advance(1000);
    const { data } = (await tenant.call('GET', '/_sim/journal')).body;
    const states = data.filter((each: { kind: string }) => each.kind === 'reload');
    expect(states.map((each: { status: string }) => each.status)).to.deep.equal([
      'QUEUED',
      'RELOADING',
      'CANCELING',
      'CANCELED',
    ]);
  });
});
