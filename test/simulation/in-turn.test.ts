import { expect } from 'chai';
import type { CouchPort, NewDocument, StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { inTurn } from './in-turn.ts';

/** Plants a mistake: the slot that is kept for the sweep is always taken. */
const withoutKept = (port: CouchPort): CouchPort => ({
  ...port,
  async get(id) {
    const found = await port.get(id);
    if (found === undefined || !id.startsWith('channel:')) return found;
    return { ...found, keptAt: (found as StoredDocument & { readonly slots: readonly number[] }).slots.at(-1) };
  },
});

/** Plants a mistake: a question counts as any other news. */
const asNews = (document: NewDocument): NewDocument =>
  document._id.startsWith('ticket:question:')
    ? (JSON.parse(JSON.stringify(document).replace('"kind":"question"', '"kind":"alert"')) as NewDocument)
    : document;
const withQuestionsAsNews = (port: CouchPort): CouchPort => ({
  ...port,
  put: (document) => port.put(asNews(document)),
  bulk: (documents) => port.bulk(documents.map(asNews)),
});

describe('a channel that is flooded with notices for an hour', function () {
  this.timeout(120_000);

  it('gets each question within 7 minutes, and half a minute after a reload failed or succeeded the news of it', async () => {
    const report = await inTurn({ flood: 'questions' });
    expect(report.violation).to.equal(undefined);
    // Of app-002, -005 and -008 the channel hears only that they recovered.
    expect(report.questions).to.deep.equal({ once: 719, again: 0, never: 0 });
    expect(report.apps).to.deep.equal({ once: 15, again: 0, never: 0 });
  });

  it('gets each failure and recovery of 300 apps within 7 minutes', async () => {
    const report = await inTurn({ flood: 'reloads' });
    expect(report.violation).to.equal(undefined);
    // Of the 90 apps whose names end with 2, 5 or 8 the channel hears only that they recovered.
    expect(report.apps).to.deep.equal({ once: 510, again: 0, never: 0 });
  });

  it('would be found to make a question wait that newer ones overtake: a sweep without a slot of its own', async () => {
    const { violation } = await inTurn({ flood: 'questions', wrapStore: withoutKept });
    expect(violation?.message).to.match(/^ticket:question:\S+ came to default \d+ s after it was owed$/);
  });

  it('would be found to make a failed reload wait behind questions: questions that take the slots of others', async () => {
    const { violation } = await inTurn({ flood: 'questions', wrapStore: withQuestionsAsNews });
    expect(violation?.message).to.match(/^app:default:app-\d+\/\S+ came to default \d+ s after it was owed$/);
  });
});
