import { expect } from 'chai';
import { PageDocuments, type RawDocument } from '../../../dashboard/model/documents.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { foldActs } from '../../../src/core/tickets/fold-acts.ts';
import type { ActDocument } from '../../../src/ledger/documents/act.ts';
import type { StatDocument } from '../../../src/ledger/documents/stat.ts';
import { lastMorning, makeWeek } from './make-week.ts';

describe('the week of demo data', () => {
  let week: readonly NewDocument[] = [];
  before(async () => {
    week = await makeWeek();
  });
  const ofType = (type: string): readonly NewDocument[] => week.filter((document) => document['type'] === type);
  const appIds = (documents: readonly NewDocument[]): readonly unknown[] => documents.map(({ appId }) => appId);

  it('has documents that the page understands, all of them', () => {
    const documents = new PageDocuments();
    documents.take(week.map((document): RawDocument => ({ ...document, _rev: '1-a' })));
    expect([...documents.malformed]).to.deep.equal([]);
  });

  it('is the same each time', async () => {
    expect(await makeWeek()).to.deep.equal(week);
  });

  it('ends with three failures that nobody has mended, and with four that are over', () => {
    const failures = ofType('ticket').filter(({ _id }) => _id.startsWith('ticket:reload:'));
    const [open, over] = [false, true].map((isOver) =>
      failures.filter(({ recoveredAt }) => (recoveredAt !== undefined) === isOver),
    );
    expect(appIds(open ?? [])).to.have.members([
      'f1a2ce00-0000-4000-8000-000000000012',
      '570c6000-0000-4000-8000-000000000011',
      '0a7e5000-0000-4000-8000-000000000012',
    ]);
    expect(over).to.have.length(4);
  });

  it('has a reload that runs, two apps that are late, and ends that only the sweep found', () => {
    expect(appIds(ofType('order').filter(({ state }) => state === 'posted'))).to.deep.equal([
      '0a7e5000-0000-4000-8000-000000000012',
    ]);
    expect(ofType('app').flatMap(({ _id, late }) => (late === undefined ? [] : [_id]))).to.have.members([
      'app:default:f1a2ce00-0000-4000-8000-000000000013',
      'app:default:b0a2d000-0000-4000-8000-000000000011',
    ]);
    expect(appIds(ofType('event').filter(({ source }) => source === 'sweep'))).to.include.members([
      'f1a2ce00-0000-4000-8000-000000000011',
      '3eb00000-0000-4000-8000-000000000015',
      '9e091e00-0000-4000-8000-000000000012',
    ]);
  });

  it('has three questions: one is answered, one has an owner and a tag, and nobody looks after the third', () => {
    const acts = week.map((document) => document as unknown as ActDocument).filter(({ type }) => type === 'act');
    const questions = ofType('ticket').filter(({ _id }) => _id.startsWith('ticket:question:'));
    const shown = questions.map((ticket) => {
      const { state, owner, tags } = foldActs({ _id: ticket._id }, acts);
      return [(ticket['tags'] as string[])[0], state, owner, tags];
    });
    expect(shown).to.deep.equal([
      ['qlik-sense', 'answered', 'ben', []],
      ['qlik-sense', 'open', 'cleo', ['documentation']],
      ['qlikview', 'open', undefined, []],
    ]);
  });

  it('has counts of every action and sequence, and of some that failed', () => {
    const stats = ofType('stat').map((document) => document as unknown as StatDocument);
    expect(stats.map(({ action }) => action)).to.have.members([
      ...['receiver', 'resolver', 'invoker', 'reload', 'collector', 'storer', 'notifier', 'chains', 'metrics', 'meter'],
      ...['dashboard', 'webhook', 'sweep', 'record'],
    ]);
    for (const { action, invocations } of stats) expect(invocations.success, action).to.be.greaterThan(0);
    expect(stats.flatMap(({ action, invocations }) => (invocations.developer_error > 0 ? [action] : []))).to.deep.equal(
      ['metrics'],
    );
  });

  it('ends at 07:42 UTC of any day', () => {
    expect(new Date(lastMorning(Date.parse('2027-03-05T07:41:59Z'))).toISOString()).to.equal(
      '2027-03-04T07:42:00.000Z',
    );
    expect(new Date(lastMorning(Date.parse('2027-03-05T07:42:00Z'))).toISOString()).to.equal(
      '2027-03-05T07:42:00.000Z',
    );
  });
});
