import { expect } from 'chai';
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import { pastRun } from '../../bench/history/past-run.ts';
import { PageDocuments, type RawDocument, UNSENT_REV } from '../../dashboard/model/documents.ts';
import type { LocalDatabase } from '../../dashboard/replica/local-database.ts';
import { createSummary } from '../../dashboard/replica/summary.ts';
import { actId } from '../../src/core/tickets/act-id.ts';
import type { EpochMs } from '../../src/core/units.ts';

PouchDB.plugin(memory);

const NOW = 1_764_486_000_000;
const DAY_MS = 86_400_000;
const withRev = (document: object): RawDocument => ({ ...document, _rev: '1-a' }) as unknown as RawDocument;
const act = (random: string, more: object = {}) =>
  withRev({
    ...{
      _id: actId({ subject: 'ticket:reload:default:r1', at: NOW as EpochMs }, random),
      schema: 1,
      type: 'act',
      by: 'ann',
      at: NOW,
    },
    ...{ kind: 'note', value: 'I look' },
    ...more,
  });

describe('the summary of what the page knows', () => {
  let number = 0;
  let device = '';
  beforeEach(() => {
    device = `summary-${process.pid}-${number++}`;
  });
  const always = (): boolean => true;
  const isShown = ({ _id }: { readonly _id: string }): boolean => !_id.startsWith('started:');

  /** A page on the device. It notes which documents it writes. */
  function pageOf(build = 'b1') {
    const written: string[] = [];
    const local = new PouchDB(device, { adapter: 'memory' }) as unknown as LocalDatabase;
    const noting = Object.assign(Object.create(local), {
      put: (document: { readonly _id: string }) => {
        written.push(document._id.replace('_local/cascade-summary', ''));
        return local.put(document);
      },
    }) as LocalDatabase;
    const documents = new PageDocuments();
    const summary = createSummary({ local: noting, build, knowledge: documents as never });
    return { documents, summary, written };
  }
  const runs = (days: readonly number[]): readonly RawDocument[] =>
    days.flatMap((day) =>
      pastRun('run', day, NOW - day * DAY_MS)
        .filter(isShown)
        .map(withRev),
    );

  it('gives the next page what an earlier one knew: the newest two days at once, then the rest', async () => {
    const first = pageOf();
    first.documents.take([...runs([0, 1, 2, 3]), act('aaaaaa')]);
    await first.summary.write(always);
    const second = pageOf();
    const opened = await second.summary.open();
    expect(second.documents.of('event').size).to.equal(4);
    expect(second.documents.of('act').size).to.equal(1);
    await opened?.rest();
    for (const type of ['event', 'order', 'act'] as const) {
      expect(new Map([...second.documents.of(type)].sort())).to.deep.equal(
        new Map([...first.documents.of(type)].sort()),
      );
    }
  });

  it('is written in the parts that have changed, and what tells of them last', async () => {
    const { documents, summary, written } = pageOf();
    documents.take([...runs([0, 1]), act('aaaaaa')]);
    await summary.write(always);
    expect([...written].sort()).to.deep.equal(['', '-day-020421', '-day-020422', '-type-act']);
    expect(written.at(-1)).to.equal('');
    written.length = 0;
    documents.take(runs([1]));
    await summary.write(always);
    expect(written).to.deep.equal(['-day-020421', '']);
    written.length = 0;
    await summary.write(always);
    expect(written).to.deep.equal([]);
  });

  it('is not written while the device may have what the page does not know', async () => {
    const { documents, summary, written } = pageOf();
    documents.take(runs([0]));
    expect(await summary.write(() => false)).to.equal(false);
    expect(written).to.deep.equal([]);
    expect(await summary.write(always)).to.equal(true);
    expect(written.length).to.equal(2);
  });

  it('forgets what is gone, and leaves out what the store does not have yet', async () => {
    const first = pageOf();
    first.documents.take([act('aaaaaa'), act('bbbbbb'), { ...act('cccccc'), _rev: UNSENT_REV }, ...runs([0])]);
    await first.summary.write(always);
    first.documents.take([
      { ...act('aaaaaa'), _deleted: true },
      ...runs([0]).map((each) => ({ ...each, _deleted: true })),
    ]);
    await first.summary.write(always);
    const second = pageOf();
    await (await second.summary.open())?.rest();
    expect([...second.documents.of('act').keys()]).to.deep.equal([act('bbbbbb')._id]);
    expect(second.documents.of('event').size).to.equal(0);
  });

  it('of other code is not read, and is written anew', async () => {
    const first = pageOf('b1');
    first.documents.take([act('aaaaaa')]);
    await first.summary.write(always);
    const other = pageOf('b2');
    expect(await other.summary.open()).to.equal(undefined);
    other.documents.take([act('bbbbbb')]);
    await other.summary.write(always);
    const third = pageOf('b2');
    await (await third.summary.open())?.rest();
    expect([...third.documents.of('act').keys()]).to.deep.equal([act('bbbbbb')._id]);
  });

  it('of another tab is not overwritten', async () => {
    const [one, two] = [pageOf(), pageOf()];
    one.documents.take([act('aaaaaa')]);
    await one.summary.write(always);
    two.documents.take([act('bbbbbb')]);
    await two.summary.write(always);
    two.documents.take([act('cccccc')]);
    two.written.length = 0;
    await two.summary.write(always);
    expect(two.written).to.deep.equal([]);
    const third = pageOf();
    await (await third.summary.open())?.rest();
    expect([...third.documents.of('act').keys()]).to.deep.equal([act('aaaaaa')._id]);
  });
});
