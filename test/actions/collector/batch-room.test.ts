import { expect } from 'chai';
import { batchRoom } from '../../../actions/collector/batch-room.ts';
import type { OrderId } from '../../../src/core/names.ts';
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
});
