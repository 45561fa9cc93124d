import { expect } from 'chai';
import { runWith } from '../../dashboard/model/run-with.ts';
import type { Run } from '../../src/core/runs/group-runs.ts';

const run = (root: string, events: readonly string[], orders: readonly string[]): Run =>
  ({ root, events: events.map((_id) => ({ _id })), orders: orders.map((_id) => ({ _id })) }) as unknown as Run;

describe('the run of an address', () => {
  const nightly = run('event:default:r1', ['event:default:r1', 'event:default:r2'], ['order:default:b:s:r1']);
  // A run whose root's document is gone.
  const old = run('event:default:r0', ['event:default:r9'], []);
  const runs = [nightly, old];

  it('is found by its root, by any of its ends, and by any of its orders', () => {
    for (const id of ['event:default:r1', 'event:default:r2', 'order:default:b:s:r1'])
      expect(runWith(id, runs), id).to.equal(nightly);
    expect(runWith('event:default:r0', runs)).to.equal(old);
    expect(runWith('event:default:r9', runs)).to.equal(old);
  });

  it('is none for an id that no run has', () => expect(runWith('r1', runs)).to.equal(undefined));
});
