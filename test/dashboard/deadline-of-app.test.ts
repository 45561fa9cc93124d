import { expect } from 'chai';
import { deadlineOfApp } from '../../dashboard/model/deadline-of-app.ts';
import { PageDocuments } from '../../dashboard/model/documents.ts';
import type { GraphApp } from '../../src/core/graph/chain-graph.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { ONE_OF_EACH } from '../support/one-of-each.ts';

const at = (time: string): EpochMs => Date.parse(time) as EpochMs;
const NEXT = { deadline: at('2026-12-01T06:00Z'), after: at('2026-11-30T06:10Z') };
const APP = { key: 'default/a', tenant: 'default', appId: 'a', label: 'Report' } as unknown as GraphApp;
const EXPECTED = { cron: '0 7 * * *', zone: 'Europe/Stockholm', grace: 600_000 };
const chains = (app: object) => ({ links: {}, apps: { 'default/a': app } }) as unknown as CompiledChains;

/** What the panel says at a time, if the app's document has this next deadline and this last end. */
function said(next: object | undefined, now: string, app: object = { expected: EXPECTED }, last: object = {}) {
  const documents = new PageDocuments();
  const { late: _, expectedSince: __, ...known } = ONE_OF_EACH.app;
  const expectedSince = { text: 'x', at: 0, ...(next && { next }) };
  documents.take([{ ...known, _rev: '1-a', last: { ...(known['last'] as object), ...last }, expectedSince }]);
  return deadlineOfApp(APP, chains(app), documents, at(now));
}

describe('the next deadline of an app', () => {
  const words =
    'Report is expected by 2026-12-01 06:00:00Z (07:00 in Europe/Stockholm), and late 10 min after that. ' +
    'A success after 2026-11-30 06:10:00Z counts';

  it('is what the sweep stored, in the words of cascade why', () => {
    expect(said(NEXT, '2026-11-30T12:00Z')).to.deep.equal([`${words}.`]);
    expect(said(NEXT, '2026-12-01T06:09Z')).to.deep.equal([`${words}.`]);
    const success = { outcome: 'succeeded', endedAt: at('2026-11-30T06:11Z') };
    expect(said(NEXT, '2026-11-30T12:00Z', undefined, success)).to.deep.equal([`${words}: the last reload does.`]);
  });

  it('is not said if it is over, if no sweep has stored one, or if the chains expect nothing any more', () => {
    expect(said(NEXT, '2026-12-01T06:10Z')).to.deep.equal([]);
    expect(said(undefined, '2026-11-30T12:00Z')).to.deep.equal([]);
    expect(said(NEXT, '2026-11-30T12:00Z', {})).to.deep.equal([]);
  });
});
