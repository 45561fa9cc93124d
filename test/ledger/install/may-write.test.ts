import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { readAct } from '../../../src/ledger/documents/act.ts';
import { mayWriteIn } from '../../../src/ledger/install/may-write-in.ts';

const ACT = {
  _id: 'act:ticket:reload:default:r1:0mwr8x940:a1b2c3',
  schema: 1,
  type: 'act',
  by: 'ann',
  at: 1_795_316_220_000,
  kind: 'note',
  value: 'Looked at it.',
};

interface Write {
  readonly doc: object;
  readonly old?: object | null;
  readonly name?: string | null;
}

/** Runs the function as CouchDB does. @returns undefined if the write passes, else why it is refused. */
function refusalOf(roles: readonly string[], { doc, old = null, name = 'ann' }: Write): string | undefined {
  const validate = runInNewContext(`(${mayWriteIn('sales')})`);
  const security = { admins: { names: ['ann'], roles: [] }, members: { names: ['ann'], roles: ['_admin'] } };
  const revisions = { _revisions: { start: 0, ids: [] } };
  try {
    return validate({ ...revisions, ...doc }, old, { db: 'sales', name, roles }, security);
  } catch (refusal) {
    return (refusal as { forbidden: string }).forbidden;
  }
}

interface Earlier {
  readonly app: { readonly _id: string; readonly last: { readonly endedAt: number } };
  readonly event: { readonly _id: string; readonly storedAt: number; readonly resolvedAt: number };
}

/** An app and a resolved event of a version that did not count ends. */
function earlier(): Earlier {
  const file = new URL('../../fixtures/ledger-of-3c7943e.json', import.meta.url);
  const documents = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly type: string }[];
  const first = (type: string): unknown => documents.find((each) => each.type === type);
  return { app: first('app'), event: first('event') } as Earlier;
}

const ORDER = { doc: { _id: 'order:x' } };
const ONLY_WRITERS = 'Only writers may change the ledger: give the user the role sales-writer.';
const ONLY_DESK = 'Only the desk may add acts: give the user the role sales-desk.';
const NEVER = 'Nobody changes or deletes an act: add another one.';

describe('the validate_doc_update of the ledger', () => {
  for (const roles of [
    ['sales-writer'],
    ['_admin'],
    ['sales-reader', 'sales-writer'],
    ['sales-desk', 'sales-writer'],
  ]) {
    it(`lets write who is ${roles.join(' and ')}`, () => {
      expect(refusalOf(roles, ORDER)).to.equal(undefined);
    });
  }

  for (const roles of [
    [],
    ['sales-reader'],
    ['sales-desk'],
    ['cascade-writer', 'other-writer'],
    ['writer', 'sales-writers'],
  ]) {
    it(`refuses who is ${roles.join(' and ') || 'nothing'}, whatever _security names`, () => {
      expect(refusalOf(roles, ORDER)).to.equal(ONLY_WRITERS);
      expect(refusalOf(roles, { ...ORDER, name: null })).to.equal(ONLY_WRITERS);
      expect(refusalOf(roles, { doc: { _id: 'order:x', _deleted: true }, old: { _id: 'order:x' } })).to.equal(
        ONLY_WRITERS,
      );
    });
  }

  for (const roles of [['sales-desk'], ['sales-writer'], ['sales-reader', 'sales-desk']]) {
    it(`lets add acts who is ${roles.join(' and ')}, in the own name alone`, () => {
      expect(refusalOf(roles, { doc: ACT })).to.equal(undefined);
      expect(refusalOf(roles, { doc: ACT, name: 'bob' })).to.include('in the name of the user');
      expect(refusalOf(roles, { doc: { ...ACT, by: undefined } })).to.include('in the name of the user');
    });
  }

  it('lets nobody else add acts, but an administrator those of anybody', () => {
    for (const roles of [[], ['sales-reader'], ['cascade-desk']]) {
      expect(refusalOf(roles, { doc: ACT })).to.equal(ONLY_DESK);
    }
    expect(refusalOf(['_admin'], { doc: ACT, name: 'root' })).to.equal(undefined);
  });

  it('lets nobody change or delete an act, not even an administrator', () => {
    for (const roles of [['sales-desk'], ['sales-writer'], ['_admin']]) {
      expect(refusalOf(roles, { doc: { ...ACT, value: 'v' }, old: ACT })).to.equal(NEVER);
      expect(refusalOf(roles, { doc: { _id: ACT._id, _deleted: true }, old: ACT })).to.equal(NEVER);
      expect(refusalOf(roles, { doc: { ...ACT, _deleted: true } })).to.equal(NEVER);
    }
  });

  it('takes no copy of an act that claims to be a later rev, which would win over the act', () => {
    const copy = (start: number) => ({ ...ACT, _rev: `${start}-f`, _revisions: { start, ids: ['f'] } });
    for (const roles of [['sales-desk'], ['sales-writer'], ['_admin']]) {
      expect(refusalOf(roles, { doc: copy(2) })).to.equal(NEVER);
      expect(refusalOf(roles, { doc: copy(9) })).to.equal(NEVER);
      expect(refusalOf(roles, { doc: copy(1) })).to.equal(undefined);
    }
    expect(refusalOf(['sales-writer'], { doc: { ...copy(9), _id: 'order:x' } })).to.equal(undefined);
  });

  const act = (fields: object) => refusalOf(['sales-desk'], { doc: { ...ACT, ...fields } });

  it('knows the value of each kind', () => {
    const fine: readonly (readonly [string, unknown])[] = [
      ['own', 'bob'],
      ['own', null],
      ['tag', 't'],
      ['untag', 't'],
      ['note', 'n'],
      ['reject', 'not ours'],
      ['answer', 0],
      ['answer', 90],
      ['answer', 9_007_199_254_740_991],
      ['reopen', undefined],
      ['dismiss', undefined],
    ];
    const read = (kind: string, value: unknown) => readAct({ ...ACT, _rev: '1-a', kind, value });
    for (const [kind, value] of fine) {
      expect(act({ kind, value }), `${kind} ${value}`).to.equal(undefined);
      expect(() => read(kind, value), `${kind} ${value}`).not.to.throw();
    }
    const wrong: readonly (readonly [string, unknown])[] = [
      ['own', ''],
      ['own', undefined],
      ['tag', ''],
      ['note', 7],
      ['reject', undefined],
      ['answer', '7'],
      ['answer', -1],
      ['answer', 1.5],
      ['answer', 9_007_199_254_740_992],
      ['answer', 1e300],
      ['reopen', 'x'],
      ['dismiss', null],
    ];
    for (const [kind, value] of wrong) {
      expect(act({ kind, value }), `${kind} ${value}`).to.include('value');
      expect(() => read(kind, value), `${kind} ${value}`).to.throw('no act of schema 1');
    }
    expect(act({ kind: 'close' })).to.include('no such kind');
    expect(act({ kind: undefined })).to.include('no such kind');
  });

  it('knows what an act may be about, and its id', () => {
    const about = (subject: string, kind = 'note') =>
      act({ _id: `act:${subject}:0mwr8x940:a1b2c3`, kind, value: kind === 'note' ? 'n' : undefined });
    expect(about('ticket:question:stackoverflow:7')).to.equal(undefined);
    for (const subject of ['order:default:a:s:r1', 'alert:quota:default/a']) {
      expect(about(subject, 'dismiss')).to.equal(undefined);
      expect(about(subject)).to.include('about a ticket');
    }
    expect(about('dead:x', 'dismiss')).to.include('about a ticket');
    expect(act({ at: ACT.at + 1 })).to.include('time in its id');
    expect(act({ _id: 'act:ticket:x:0MWR8X940:a1b2c3' })).to.include('id of an act');
    expect(act({ _id: 'act:ticket:x:0mwr8x940:a1b2c' })).to.include('id of an act');
    expect(act({ type: 'ticket' })).to.include('schema 1');
  });

  it('takes no field that an act does not have: dueAt would make it due, endedAt an end', () => {
    for (const field of ['dueAt', 'endedAt', 'createdAt', 'root', 'traceId', '_deletedConflicts', '__proto__']) {
      const doc = { ...ACT, ...JSON.parse(`{ "${field}": 0 }`) };
      for (const roles of [['sales-desk'], ['sales-writer']]) {
        expect(refusalOf(roles, { doc }), field).to.equal(`An act has no field "${field}".`);
      }
    }
    // A backup may have acts from before this rule.
    expect(refusalOf(['_admin'], { doc: { ...ACT, dueAt: 0 }, name: 'root' })).to.equal(undefined);
  });

  it('takes an act of 4,096 bytes, and not of one more, in whatever letters', () => {
    const room = 4_096 - Buffer.byteLength(JSON.stringify({ ...ACT, value: '' }));
    for (const letter of ['a', 'é', '–', '😀']) {
      const bytes = Buffer.byteLength(letter);
      const value = letter.repeat(Math.floor(room / bytes)) + 'a'.repeat(room % bytes);
      expect(act({ value }), letter).to.equal(undefined);
      expect(act({ value: `${value}a` }), letter).to.include('4096 bytes');
    }
    expect(act({ _attachments: { x: { stub: true } } })).to.include('no attachments');
  });

  describe('beside a step of an earlier version', () => {
    const { app, event } = earlier();
    /** As this version writes the same two. */
    const counted = {
      ...{ ...app, counts: { succeeded: 4, failed: 2, canceled: 0, 'exceeded-limit': 0 }, over: [], notices: [] },
      ...{ seconds: { succeeded: 40, failed: 9, canceled: 0, 'exceeded-limit': 0 }, seen: ['r1', 'r2'] },
    };
    const due = { ...event, dueAt: event.storedAt + 120_000 };
    const write = (doc: object, old: object | null) => refusalOf(['sales-writer'], { doc, old });
    const later = { ...app, last: { ...app.last, endedAt: app.last.endedAt + 60_000 } };

    it('keeps what an app has counted', () => {
      expect(write(later, counted)).to.match(/^This would erase "counts" of app:default:570c6000/);
      expect(refusalOf(['_admin'], { doc: later, old: counted })).to.match(/^This would erase "counts"/);
      for (const field of ['counts', 'seconds', 'seen', 'over', 'notices']) {
        expect(write({ ...counted, [field]: undefined }, counted), field).to.include(`erase "${field}"`);
      }
      expect(write({ ...counted, last: later.last }, counted)).to.equal(undefined);
    });

    it('keeps an event due until it is recorded', () => {
      const { resolvedAt: _, ...open } = due;
      const without = `This would finish ${event._id} without recording it. An earlier version writes like this: deploy again.`;
      expect(write(event, open)).to.equal(without);
      expect(write(event, { ...event, recordedAt: 1 })).to.equal(without);
      expect(write(due, open)).to.equal(undefined);
      expect(write({ ...event, recordedAt: 1 }, due)).to.equal(undefined);
    });

    it('lets it write what nobody has counted, and lets a purge delete', () => {
      expect(write(app, null)).to.equal(undefined);
      expect(write(later, app)).to.equal(undefined);
      expect(write(counted, app)).to.equal(undefined);
      expect(write(event, { ...event, skips: [] })).to.equal(undefined);
      for (const old of [counted, due]) expect(write({ _id: old._id, _deleted: true }, old)).to.equal(undefined);
    });
  });

  it('is of the JavaScript that CouchDB’s old engine knows', () => {
    expect(mayWriteIn('sales')).to.not.match(/=>|\b(let|const|includes|startsWith)\b|`|\.\.\./);
    // CouchDB’s engine may read the text as Latin-1.
    expect(mayWriteIn('sales')).to.match(/^[\x20-\x7e\n]*$/);
  });
});
