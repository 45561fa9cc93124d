import { expect } from 'chai';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { inTime, isPoisoned } from './in-time.ts';

/** Plants a mistake: a document is due only when its last channel, the dead one, is due. */
const withLatestDue = (port: CouchPort): CouchPort => ({
  ...port,
  bulk: (documents) =>
    port.bulk(
      documents.map((document) => {
        const notices = (document['notices'] ?? []) as readonly { readonly due: Readonly<Record<string, number>> }[];
        const due = notices.flatMap((notice) => Object.values(notice.due));
        return due.length === 0 ? document : { ...document, dueAt: Math.max(...due) };
      }),
    ),
});

/** Plants a mistake: a sweep stops at a spoilt document. */
const stoppedByPoison = (port: CouchPort): CouchPort => ({
  ...port,
  async due(range) {
    const page = await port.due(range);
    const at = page.documents.findIndex(isPoisoned);
    return at < 0 ? page : { documents: page.documents.slice(0, at), isFull: false };
  },
});

describe('a channel that is dead for three hours, and a document of an app that a person spoilt', function () {
  this.timeout(120_000);

  it('delay no notice of another app to another channel by more than 7 minutes', async () => {
    const report = await inTime();
    expect(report.violation).to.equal(undefined);
    // 18 of 61 apps (app-002, app-005, app-008, app-012 …) have one notice for ops, the others have two.
    expect(report.ops).to.deep.equal({ once: 104, again: 0, never: 0 });
    expect(report.unanswered).to.be.greaterThan(10);
    expect(report.complaints).to.be.greaterThan(10);
  });

  for (const [mistake, wrapStore] of Object.entries({
    'a dead channel that the others wait for': withLatestDue,
    'a sweep that a spoilt document stops': stoppedByPoison,
  })) {
    it(`would be found to delay others: ${mistake}`, async () => {
      const { violation } = await inTime({ wrapStore });
      expect(violation?.message).to.match(/^app:default:app-\d+\/\S+ came to ops \d+ s after it was owed$/);
    });
  }
});
