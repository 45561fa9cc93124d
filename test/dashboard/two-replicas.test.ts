import { expect } from 'chai';
import fc from 'fast-check';
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import { PageDocuments, type RawDocument } from '../../dashboard/model/documents.ts';
import type { NewAct } from '../../src/core/tickets/act.ts';
import { actId } from '../../src/core/tickets/act-id.ts';
import { foldActs } from '../../src/core/tickets/fold-acts.ts';
import type { EpochMs } from '../../src/core/units.ts';

PouchDB.plugin(memory);

const RUNS = 1_000;
const NOW = 1_764_486_000_000;

/** The part of PouchDB that has no types here. */
interface Replicating {
  readonly replicate: { from(other: unknown): Promise<unknown> };
}

const text = fc.constantFrom('data', 'urgent', 'ann', 'bob');
const newAct: fc.Arbitrary<NewAct> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('tag' as const, 'untag' as const, 'note' as const, 'reject' as const),
    value: text,
  }),
  fc.record({ kind: fc.constant('own' as const), value: fc.option(text) }),
  fc.record({ kind: fc.constant('answer' as const), value: fc.integer({ min: 0, max: 90 }) }),
  fc.record({ kind: fc.constantFrom('reopen' as const, 'dismiss' as const) }),
);
/**
 * A person on one of two devices does something by a clock that may be behind or equal; or one device hears of the
 * other.
 */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ device: fc.constantFrom(0, 1), at: fc.integer({ min: 0, max: 5 }), act: newAct }),
  },
  { weight: 1, arbitrary: fc.record({ hears: fc.constantFrom(0, 1) }) },
);

describe('two replicas on which people act at the same time', () => {
  const devices = ['one', 'two'].map((name) => new PouchDB(`acts-${process.pid}-${name}`, { adapter: 'memory' }));
  before(async () => {
    // This package has no types here.
    const replication = 'pouchdb-replication';
    PouchDB.plugin((await import(replication)).default);
  });
  after(() => Promise.all(devices.map((device) => device.destroy())));

  const hear = (which: number): Promise<unknown> =>
    (devices[which] as unknown as Replicating).replicate.from(devices[1 - which]);
  const stateOn = async (device: PouchDB, ticket: string) => {
    const range = { startkey: `act:${ticket}:`, endkey: `act:${ticket};`, include_docs: true, conflicts: true };
    const { rows } = await device.allDocs(range);
    const documents = new PageDocuments();
    documents.take(rows.map(({ doc }) => doc as RawDocument));
    return {
      ids: rows.map(({ id }) => id),
      conflicts: rows.filter(({ doc }) => doc?.['_conflicts'] !== undefined).length,
      state: foldActs({ _id: ticket }, [...documents.of('act').values()]),
    };
  };

  it(`have the same state, no conflict and every act once each has heard of the other (${RUNS} cases)`, async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        // Each case has a ticket of its own, so the two databases serve all cases.
        const ticket = `ticket:reload:default:r${++number}`;
        const made: string[] = [];
        for (const each of steps) {
          if ('hears' in each) {
            await hear(each.hears);
            continue;
          }
          const at = (NOW + each.at) as EpochMs;
          const _id = actId({ subject: ticket, at }, made.length.toString(36).padStart(6, '0'));
          const by = each.device === 0 ? 'ann' : 'bob';
          await devices[each.device]?.put({ _id, schema: 1, type: 'act', by, at, ...each.act });
          made.push(_id);
        }
        await hear(0);
        await hear(1);
        const [one, two] = await Promise.all(devices.map((device) => stateOn(device, ticket)));
        expect(one).to.deep.equal(two);
        expect(one?.conflicts).to.equal(0);
        expect(one?.ids).to.deep.equal([...made].sort());
        expect(one?.state.history.length).to.equal(made.length);
      }),
      { numRuns: RUNS },
    );
  });
});
