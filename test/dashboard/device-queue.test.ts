import { expect } from 'chai';
import { createDeviceQueue, type DevicePlace } from '../../dashboard/replica/device-queue.ts';
import type { LocalDatabase } from '../../dashboard/replica/local-database.ts';

const PLACE = { since: 1, from: 2, asOf: 3 } as unknown as DevicePlace;
const DOCUMENT = { _id: 'event:default:a', _rev: '1-a' };

describe('the queue of writes to the device', () => {
  /** A device that takes nothing. */
  const full = {
    bulkDocs: async () => {
      throw new Error('the disk is full');
    },
  } as unknown as LocalDatabase;
  const queueOn = (device: LocalDatabase) =>
    createDeviceQueue(
      device,
      () => true,
      () => {},
    );

  it('fails whoever waits for something else meanwhile, also for what is there at once', async () => {
    const queue = queueOn(full);
    queue.add([DOCUMENT], PLACE);
    await queue.stored().catch(() => {});
    const failure = await queue.unlessFailed(Promise.resolve('there')).catch(({ message }: Error) => message);
    expect(failure).to.equal('the disk is full');
    expect(queue.isDone()).to.equal(false);
  });

  it('lets everything pass again after a restart', async () => {
    const queue = queueOn(full);
    queue.add([DOCUMENT], PLACE);
    await queue.restart();
    expect(await queue.unlessFailed(Promise.resolve('there'))).to.equal('there');
    expect(queue.isDone()).to.equal(true);
  });
});
