import { expect } from 'chai';
import { isAnythingDueIn } from '../../../local/start/is-anything-due.ts';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';

const RELOAD = { tenant: 'default' as TenantName, appId: 'a' as AppId, reloadId: 'r1' };
const notice = (...to: readonly string[]) => ({ id: 'failed.r1', kind: 'failed', to });
const FAR = 4_000_000_000_000;

describe('whether the ledger has work left', () => {
  let store: EmbeddedStore;
  before(async () => {
    store = await startStore({ port: 0 });
  });
  after(() => store.close());

  let databases = 0;
  async function isAnythingDue(documents: readonly object[], wrong = ['wrong']): Promise<boolean> {
    databases += 1;
    const COUCHDB_DATABASE = `due-${databases}`;
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    await fetch(`${store.url}/${COUCHDB_DATABASE}`, { method: 'PUT', headers });
    const body = JSON.stringify({ docs: documents });
    await fetch(`${store.url}/${COUCHDB_DATABASE}/_bulk_docs`, { method: 'POST', headers, body });
    const COUCHDB_URL = store.url.replace('://', `://${store.user}:${store.password}@`);
    const settings = { COUCHDB_URL, COUCHDB_ADMIN_URL: COUCHDB_URL, COUCHDB_DATABASE };
    return isAnythingDueIn(settings)([RELOAD], new Set(wrong));
  }

  const cases: readonly (readonly [what: string, isDue: boolean, document: object])[] = [
    ['an end that is not recorded', true, { _id: 'event:default:r1', type: 'event', dueAt: FAR }],
    ['an end that is recorded', false, { _id: 'event:default:r1', type: 'event' }],
    ['a notice', true, { _id: 'app:default:a', type: 'app', dueAt: FAR, notices: [notice('wrong', 'ops')] }],
    [
      'a notice for a wrong channel',
      false,
      { _id: 'app:default:a', type: 'app', dueAt: FAR, notices: [notice('wrong')] },
    ],
    ['a ticket without its log', true, { _id: 'ticket:reload:default:r1', type: 'ticket', dueAt: 1 }],
    ['a ticket whose log is asked for later', false, { _id: 'ticket:reload:default:r1', type: 'ticket', dueAt: FAR }],
    ['an alert of which nobody has heard', true, { _id: 'alert:quota:a', type: 'alert', dueAt: FAR, unroutedSince: 1 }],
    ['an alert for a channel', true, { _id: 'alert:quota:a', type: 'alert', dueAt: FAR, notices: [notice('default')] }],
    [
      'an alert for a wrong channel',
      false,
      { _id: 'alert:q:a', type: 'alert', dueAt: FAR, notices: [notice('wrong')] },
    ],
    ['an alert of which people have heard', false, { _id: 'alert:quota:a', type: 'alert' }],
    ['an end of another reload', false, { _id: 'event:default:r2', type: 'event', dueAt: 1 }],
  ];
  for (const [what, isDue, document] of cases) {
    it(`${isDue ? 'it has' : 'it has not'}: ${what}`, async () => {
      expect(await isAnythingDue([document])).to.equal(isDue);
    });
  }

  it('it has not: an alert of which nobody has heard, if the channel that hears of alerts is wrong', async () => {
    const alert = { _id: 'alert:channel-refused:default', type: 'alert', dueAt: FAR, unroutedSince: 1 };
    expect(await isAnythingDue([alert], ['default'])).to.equal(false);
  });

  it('it has if the ledger does not answer', async () => {
    const gone = await startStore({ port: 0 });
    await gone.close();
    const COUCHDB_URL = gone.url.replace('://', '://a:b@');
    const settings = { COUCHDB_URL, COUCHDB_ADMIN_URL: COUCHDB_URL, COUCHDB_DATABASE: 'cascade' };
    expect(await isAnythingDueIn(settings)([RELOAD], new Set())).to.equal(true);
  });
});
