import { expect } from 'chai';
import { batchRoom } from '../../../actions/collector/batch-room.ts';
import type { OrderId } from '../../../src/core/names.ts';
import type { ReloadFinished } from '../../../src/core/reload-finished.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const AT = 1_800_000_000_000 as EpochMs;
const idOf = (index: number, length: number): OrderId =>
  `order:default:a:s:${String(index).padStart(length - 18, '0')}` as OrderId;

describe('the room of a batch', () => {
  it('is for 500 slots, and for 60,000 bytes of them', () => {
    const { slots } = batchRoom();
    for (let index = 0; index < 501; index += 1) {
      expect(slots.isFull()).to.equal(false);
      slots.add({ order: idOf(index, 50), at: AT });
    }
    expect(slots.items).to.have.length(500);
    expect(slots.isFull()).to.equal(true);
    const long = batchRoom().slots;
    for (let index = 0; index < 500; index += 1) long.add({ order: idOf(index, 200), at: AT });
    // Each has 231 bytes, and a comma.
    expect(long.items).to.have.length(258);
  });

  it('is for 500 documents that owe notices, and for 60,000 bytes of their ids', () => {
    const { owing } = batchRoom();
    for (let index = 0; index < 501; index += 1) owing.add(idOf(index, 50));
    expect([owing.items.length, owing.isFull()]).to.deep.equal([500, true]);
    const long = batchRoom().owing;
    for (let index = 0; index < 500; index += 1) long.add(idOf(index, 200));
    // Each has 202 bytes, and a comma.
    expect(long.items).to.have.length(295);
  });

  it('is for 200 ends that are not recorded, and for 100,000 bytes of them', () => {
    const end = (length: number) => ({ reloadId: 'r'.padEnd(length, '0') }) as unknown as ReloadFinished;
    const { unrecorded } = batchRoom();
    for (let index = 0; index < 201; index += 1) unrecorded.add(end(50));
    expect([unrecorded.items.length, unrecorded.isFull()]).to.deep.equal([200, true]);
    const long = batchRoom().unrecorded;
    // Each has 1,015 bytes, and a comma.
    for (let index = 0; index < 200; index += 1) long.add(end(1_000));
    expect(long.items).to.have.length(98);
  });
});
