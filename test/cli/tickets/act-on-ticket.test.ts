import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type EmbeddedStore, startStore } from '../../../local/store/start-store.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { installConfiguredLedger } from '../../../src/deploy/install-configured-ledger.ts';
import { bundledProgram } from '../../support/bundled-program.ts';
import { ONE_QUESTION } from '../../support/one-of-each.ts';
import { act, at, event, lastEnd, order, ticket } from '../ledger/ledger-of.ts';

const CASCADE = await bundledProgram('cli/cascade.js');
const R1 = 'ticket:reload:default:r1';

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored
type Json = any;

describe('cascade ticket, with options that change it', () => {
  let store: EmbeddedStore;
  let directory: string;

  before(async () => {
    store = await startStore({ port: 0 });
    directory = mkdtempSync(join(tmpdir(), 'cascade-acts-'));
    await installConfiguredLedger({
      COUCHDB_URL: urlOf('actions', 'pw'),
      COUCHDB_ADMIN_URL: urlOf(store.user, store.password),
    });
    for (const [name, role] of [
      ['ann', 'cascade-desk'],
      ['bob', 'cascade-desk'],
      ['rea', 'cascade-reader'],
    ] as const) {
      await put(`/_users/org.couchdb.user:${name}`, { type: 'user', name, password: `pw-of-${name}`, roles: [role] });
    }
  });
  after(async () => {
    rmSync(directory, { recursive: true, force: true });
    await store.close();
  });
  beforeEach(() => put(`/cascade/${R1}`, ticket('extract', 'r1', at('01:30'))));
  afterEach(async () => {
    const purged = Object.fromEntries((await rows()).map(({ id, value }: Json) => [id, [value.rev]]));
    await ask('POST', '/cascade/_purge', purged);
  });

  const urlOf = (user: string, password: string): string => store.url.replace('//', `//${user}:${password}@`);
  const ask = async (method: string, path: string, body?: object): Promise<Json> => {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    return (
      await fetch(`${store.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    ).json();
  };
  const put = (path: string, body: object) => ask('PUT', path, body);
  const rows = async (): Promise<Json> => {
    const all = await ask('GET', '/cascade/_all_docs?include_docs=true');
    return all.rows.filter(({ id }: Json) => /^(ticket|act):/.test(id));
  };
  /** The acts in the ledger, as kind, value and user. */
  const acts = async (): Promise<Json> =>
    (await rows()).flatMap(({ id, doc }: Json) => (id.startsWith('act:') ? [[doc.kind, doc.value, doc.by]] : []));

  interface Ended {
    readonly code: number;
    readonly out: string;
    readonly error: string;
  }

  /** Runs the command as whoever `person` is; nobody types anything. */
  const cascade = (args: readonly string[], person: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const { CASCADE_USER: _, CASCADE_PASSWORD: __, ...outside } = process.env;
      const env = { ...outside, COUCHDB_URL: urlOf('actions', 'pw'), ...person };
      execFile(process.execPath, [CASCADE, ...args], { cwd: directory, env }, (failure, out, error) => {
        resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
      });
    });
  const ANN = { CASCADE_USER: 'ann', CASCADE_PASSWORD: 'pw-of-ann' };

  it('adds each act in the person’s own name, and shows the ticket as it is then', async () => {
    const { code, out, error } = await cascade(
      ['ticket', R1, '--own', 'me', '--tag', 'etl', '--note', ' Full disk. ', '--answer', '30'],
      ANN,
    );
    expect([code, error]).to.deep.equal([0, `Ledger: ${store.url}/cascade (COUCHDB_URL of the environment)\n`]);
    expect(await acts()).to.deep.equal([
      ['own', 'ann', 'ann'],
      ['tag', 'etl', 'ann'],
      ['note', 'Full disk.', 'ann'],
      ['answer', 30, 'ann'],
    ]);
    expect(out)
      .to.match(/^ {2}state {6}answered$/m)
      .and.match(/ ann took it\n.* ann added the tag etl\n/);
    expect(out + error).to.not.include('pw-of-ann');
    const reopened = await cascade(['ticket', R1, '--reopen', '--own', 'nobody', '--untag', 'etl', '--json'], ANN);
    const { state, owner, tags, minutes } = JSON.parse(reopened.out);
    expect([state, owner, tags, minutes]).to.deep.equal(['open', undefined, [], 30]);
  });

  it('does the same to a question', async () => {
    const id = ONE_QUESTION._id;
    await put(`/cascade/${id}`, ONE_QUESTION);
    const { code, out } = await cascade(['ticket', id, '--own', 'me', '--tag', 'etl'], ANN);
    expect([code, await acts()]).to.deep.equal([
      0,
      [
        ['own', 'ann', 'ann'],
        ['tag', 'etl', 'ann'],
      ],
    ]);
    expect(out).to.match(/^Why\? .*\n {2}state {6}open\n {2}owner {6}ann$/m);
    const mine = await cascade(['tickets', '--mine', '--source', 'questions'], ANN);
    expect(mine.out).to.include(id).and.not.include(R1);
    const wrong = await cascade(['tickets', '--source', 'apps']);
    expect([wrong.code, wrong.error]).to.satisfy(([code, error]: [number, string]) => {
      return code === 2 && error.includes('Allowed choices are reloads, questions.');
    });
  });

  it('lets --as say who it is, and give the ticket to somebody else', async () => {
    const person = { CASCADE_USER: 'ann', CASCADE_PASSWORD: 'pw-of-bob' };
    expect((await cascade(['ticket', R1, '--own', 'ann', '--as', 'bob'], person)).code).to.equal(0);
    expect(await acts()).to.deep.equal([['own', 'ann', 'bob']]);
    expect((await cascade(['tickets', '--mine'], ANN)).out).to.include(R1);
    expect((await cascade(['tickets', '--mine', '--as', 'bob'])).out).to.include('No tickets');
    expect((await cascade(['tickets', '--unassigned'])).out).to.include('No tickets');
  });

  it('adds nothing with a wrong password, or as a user who may only read', async () => {
    const wrong = await cascade(['ticket', R1, '--reopen'], { ...ANN, CASCADE_PASSWORD: 'wrong' });
    expect([wrong.code, wrong.out]).to.deep.equal([1, '']);
    expect(wrong.error)
      .to.include('CouchDB does not let ann in')
      .and.not.match(/COUCHDB_URL;|password in COUCHDB_URL/);
    const reader = await cascade(['ticket', R1, '--reopen'], { CASCADE_USER: 'rea', CASCADE_PASSWORD: 'pw-of-rea' });
    expect(reader.code).to.equal(1);
    expect(reader.error).to.include('rea may not add acts here.').and.include('give the user the role cascade-desk');
    expect(await acts()).to.deep.equal([]);
  });

  it('adds nothing if one of the acts is too long', async () => {
    const { code, error } = await cascade(['ticket', R1, '--tag', 'etl', '--note', 'é'.repeat(2_000)], ANN);
    expect(code).to.equal(2);
    expect(error).to.include('this one (note) has 4134: say it shorter. Nothing was added.');
    expect(await acts()).to.deep.equal([]);
  });

  it('is misused without a person, a password, or with acts that contradict each other', async () => {
    const misuses: readonly (readonly [readonly string[], Readonly<Record<string, string>>])[] = [
      [['tickets', '--mine'], {}],
      [['tickets', '--mine', '--unassigned'], ANN],
      [['ticket', R1, '--reopen'], {}],
      [['ticket', R1, '--reopen'], { CASCADE_USER: 'ann' }],
      [['ticket', R1, '--reopen', '--reject', 'x'], ANN],
      [['ticket', R1, '--answer', '1', '--reject', 'x'], ANN],
      [['ticket', R1, '--answer', 'soon'], ANN],
      [['ticket', R1, '--note', ' '], ANN],
      [['ticket', R1, '--own', 'a b'], ANN],
      [['ticket', 'ticket:reload:default:r9', '--reopen'], ANN],
      [['ticket'], {}],
    ];
    for (const [args, person] of misuses) {
      expect([args, (await cascade(args, person)).code]).to.deep.equal([args, 2]);
    }
    expect(await acts()).to.deep.equal([]);
  });

  it('dismisses tickets, orders and alerts in the person’s own name: they are no problem any more', async () => {
    const now = Date.now();
    const alert = {
      _id: 'alert:quota:default/extract',
      ...{ schema: 1, type: 'alert', kind: 'quota', subject: 'default/extract', message: 'Used up.', traceId: 't' },
    };
    const gaveUp = order('extract', 'r1', (now - 1_000) as EpochMs, { state: 'gave-up', gaveUpAt: now });
    const { rev } = await put(`/cascade/${encodeURIComponent(alert._id)}`, { ...alert, at: now });
    await put(`/cascade/${gaveUp._id}`, gaveUp);
    const listed = async (): Promise<Json> =>
      JSON.parse((await cascade(['runs', '--problems', '--json'])).out).problems.map(({ kind }: Json) => kind);
    expect(await listed()).to.have.members(['alert', 'gave-up']);
    for (const id of [R1, alert._id, gaveUp._id]) {
      expect((await cascade(['dismiss', id], ANN)).out).to.equal(`${id}: dismissed.\n`);
    }
    expect(await listed()).to.deep.equal([]);
    expect(await acts()).to.have.deep.members(Array.from({ length: 3 }, () => ['dismiss', undefined, 'ann']));
    expect((await cascade(['tickets'])).out).to.include('No tickets');
    // It is raised again.
    await put(`/cascade/${encodeURIComponent(alert._id)}`, { ...alert, _rev: rev, at: now, lastAt: now + 60_000 });
    expect(await listed()).to.deep.equal(['alert']);
    await cascade(['dismiss', alert._id], ANN);
    expect(await listed()).to.deep.equal([]);
    await ask('POST', '/cascade/_purge', {
      [alert._id]: [(await ask('GET', `/cascade/${encodeURIComponent(alert._id)}`))._rev],
      [gaveUp._id]: [(await ask('GET', `/cascade/${gaveUp._id}`))._rev],
    });
  });

  it('dismisses the ticket of a streak that an earlier version wrote no ticket for', async () => {
    const failed = event('repair', 'r7', (Date.now() - 60_000) as EpochMs, { outcome: 'failed' });
    const last = lastEnd(failed);
    const { rev } = await put(`/cascade/${last._id}`, last);
    const listed = async (): Promise<Json> =>
      JSON.parse((await cascade(['runs', '--problems', '--json'])).out).problems.map(({ kind }: Json) => kind);
    expect(await listed()).to.deep.equal(['failing']);
    const id = 'ticket:reload:default:r7';
    expect((await cascade(['dismiss', id], ANN)).out).to.equal(`${id}: dismissed.\n`);
    expect(await listed()).to.deep.equal([]);
    await ask('POST', '/cascade/_purge', { [last._id]: [rev] });
  });

  it('dismisses nothing that there is not, nothing of another kind, and nothing without a person', async () => {
    for (const id of ['ticket:reload:default:r9', 'alert:x', 'event:default:r1', 'dead:x', 'r1']) {
      expect([id, (await cascade(['dismiss', id], ANN)).code]).to.deep.equal([id, 2]);
    }
    expect((await cascade(['dismiss', R1])).code).to.equal(2);
    expect(await acts()).to.deep.equal([]);
  });

  it('dismisses no order that was not given up: it may be given up later, and people are to hear of that', async () => {
    const waiting = order('extract', 'r1', at('01:00'), { state: 'waiting', dueAt: at('09:00') });
    const { rev } = await put(`/cascade/${waiting._id}`, waiting);
    const { code, error } = await cascade(['dismiss', waiting._id], ANN);
    expect(code).to.equal(2);
    expect(error).to.include(`${waiting._id} was not given up, it is waiting: there is nothing to dismiss.`);
    expect(await acts()).to.deep.equal([]);
    await ask('POST', '/cascade/_purge', { [waiting._id]: [rev] });
  });

  it('does not count what somebody spoilt', async () => {
    const { _id, ...spoilt } = act('r1', at('01:35'), 'own', 'bob');
    await put(`/cascade/${_id}`, { ...spoilt, at: at('01:36') });
    const { out, error } = await cascade(['ticket', R1]);
    expect(out).to.match(/^ {2}owner {6}nobody$/m);
    expect(error).to.include('1 act cannot be read');
    expect((await cascade(['runs', '--problems'])).out).to.include(`The document ${_id} is no act of schema 1`);
  });
});
