import { expect } from 'chai';
import type { CancelAnswer, GetAnswer } from '../../../src/clients/qlik/qlik-port.ts';
import type { ReloadId } from '../../../src/core/names.ts';
import { plannedOrder } from '../../support/planned-order.ts';
import { A, active, at, ended, rig } from './support/rig.ts';

const ID = `order:default:${A}:s:r0`;
const MINUTE = 60_000;
const posted = (more: object = {}) => ({
  ...{ ...plannedOrder, _id: ID, appId: A, state: 'posted', claims: 1, reloadId: 'r1', isCertain: true },
  ...{ createdAt: at('11:00'), postedAt: at('11:00'), dueAt: at('11:30'), policy: { timeout: 30 * MINUTE } },
  ...more,
});

async function swept(order: object, answer: GetAnswer, cancelAnswer: CancelAnswer = { kind: 'canceled' }) {
  const { couch, qlik, sweep, ...others } = rig();
  qlik.cancelAnswer = cancelAnswer;
  couch.seed({ ...posted(), ...order });
  qlik.byId.set('r1' as ReloadId, answer);
  const marks: unknown[] = [];
  qlik.onCall = () => void marks.push(couch.peek(ID)?.['cancelRequestedAt']);
  await sweep(undefined, { apps: {} });
  return { couch, qlik, marks, sweep, ...others, calls: qlik.calls.filter((call) => call.startsWith('cancel')) };
}
const running: GetAnswer = { kind: 'found', reload: active('r1', '11:00') };

describe('a reload that runs too long', () => {
  it('is marked first, then canceled, and looked at again in two minutes', async () => {
    const { couch, calls, marks } = await swept({}, running);
    expect(calls).to.deep.equal(['cancel r1']);
    expect(marks.at(-1)).to.deep.equal({ r1: at('12:00') });
    expect(couch.peek(ID)).to.deep.include({
      ...{ state: 'posted', cancelRequestedAt: { r1: at('12:00') }, dueAt: at('12:02') },
    });
  });

  it('is canceled again by the next sweep where Qlik did not answer, with the first mark', async () => {
    const { couch, calls } = await swept({ cancelRequestedAt: { r1: at('11:31') } }, running);
    expect(calls).to.deep.equal(['cancel r1']);
    expect(couch.peek(ID)?.['cancelRequestedAt']).to.deep.equal({ r1: at('11:31') });
  });

  it('is canceled as soon as its whole time is over', async () => {
    expect((await swept({ policy: { timeout: 60 * MINUTE } }, running)).calls).to.deep.equal(['cancel r1']);
    expect((await swept({ policy: { timeout: 60 * MINUTE + 1 } }, running)).calls).to.deep.equal([]);
  });

  describe('if Qlik refuses to cancel it', () => {
    const refused: CancelAnswer = { kind: 'refused', message: 'Qlik answered 403 to a cancellation' };
    const ALERT = `alert:cancel-refused:${ID}`;

    it('has an alert, one for the order, and is asked for again in 15 minutes', async () => {
      const { couch, qlik, sweep, calls } = await swept({}, running, refused);
      expect(calls).to.deep.equal(['cancel r1']);
      expect(couch.peek(ID)).to.deep.include({ state: 'posted', dueAt: at('12:15') });
      expect(couch.peek(ALERT)).to.deep.include({
        ...{ type: 'alert', kind: 'cancel-refused', subject: ID, at: at('12:00') },
        message: `The app ${A} runs longer than its timeout (30 min), and Qlik refuses to cancel its reload r1: Qlik answered 403 to a cancellation. May the credential cancel reloads? Cancel it in Qlik; it then counts as canceled by a person, and is not started again.`,
      });
      couch.seed({ ...couch.peek(ID), dueAt: at('12:00') } as never);
      await sweep(undefined, { apps: {} });
      expect(qlik.calls.filter((call) => call.startsWith('cancel'))).to.have.length(2);
      expect(couch.all().flatMap(({ _id }) => (_id.startsWith('alert:') ? [_id] : []))).to.deep.equal([ALERT]);
    });

    it('loses the mark, so that a person who cancels it later is not taken for the timeout', async () => {
      const { couch } = await swept({}, running, refused);
      expect(couch.peek(ID)).to.not.have.property('cancelRequestedAt');
    });

    it('says how a person’s cancel then counts, if an earlier request got no answer', async () => {
      const { couch } = await swept({ cancelRequestedAt: { r1: at('11:31') } }, running, refused);
      expect(couch.peek(ALERT)?.['message']).to.equal(
        `The app ${A} runs longer than its timeout (30 min), and Qlik refuses to cancel its reload r1: Qlik answered 403 to a cancellation. May the credential cancel reloads? Cancel it in Qlik; it then counts as failed, because an earlier request to cancel it got no clear answer.`,
      );
    });

    it('keeps the marks of an earlier attempt, and one that Qlik has not answered', async () => {
      for (const marks of [{ r0: at('11:01') }, { r1: at('11:31') }]) {
        const { couch } = await swept({ cancelRequestedAt: marks }, running, refused);
        expect(couch.peek(ID)?.['cancelRequestedAt']).to.deep.equal(marks);
      }
    });
  });

  describe('if Qlik is not asked to cancel it, because the tenant became silent or no time is left', () => {
    /** The sweep learns that r1 runs. Then the time is over, so that it asks nothing more. */
    const outOfTime = async (order: object) => {
      const { couch, qlik, sweep, clock, lines } = rig();
      couch.seed({ ...posted(), ...order });
      qlik.byId.set('r1' as ReloadId, running);
      qlik.onCall = () => {
        clock.container = at('12:01:55');
      };
      await sweep(undefined, { apps: {} });
      expect(qlik.calls).to.include('get r1').and.not.include('cancel r1');
      return { couch, lines };
    };

    it('has no mark, so that a person who cancels it is not taken for the timeout, and stays due', async () => {
      const { couch, lines } = await outOfTime({});
      expect(couch.peek(ID)).to.not.have.property('cancelRequestedAt');
      expect(couch.peek(ID)).to.deep.include({ state: 'posted', dueAt: at('11:30') });
      expect(lines).to.include(
        'A reload ran longer than its timeout: a later sweep asks Qlik to cancel it, because this one could not',
      );
    });

    it('keeps the marks of earlier requests, and of earlier attempts', async () => {
      for (const marks of [{ r0: at('11:01') }, { r1: at('11:31') }]) {
        const { couch } = await outOfTime({ cancelRequestedAt: marks });
        expect(couch.peek(ID)?.['cancelRequestedAt']).to.deep.equal(marks);
      }
    });

    it('keeps the mark if Qlik was asked and gave no answer: it may have canceled the reload', async () => {
      const { couch } = await swept({}, running, { kind: 'unavailable', message: 'none' });
      expect(couch.peek(ID)).to.deep.include({ cancelRequestedAt: { r1: at('12:00') }, dueAt: at('12:02') });
    });
  });

  it('is left alone where it may not be ours, before its time, and where it has no timeout', async () => {
    const orders = [{ isCertain: false }, { policy: { timeout: 61 * MINUTE } }, { policy: {} }, { policy: undefined }];
    for (const order of orders) {
      const { couch, calls } = await swept(order, running);
      expect(calls, JSON.stringify(order)).to.deep.equal([]);
      expect(couch.peek(ID)).to.not.have.property('cancelRequestedAt');
    }
  });

  it('is left alone where it has ended, or Qlik does not answer', async () => {
    const answers: GetAnswer[] = [
      { kind: 'found', reload: ended('r1', '11:59') },
      { kind: 'unavailable', message: 'none' },
    ];
    for (const answer of answers) expect((await swept({}, answer)).calls).to.deep.equal([]);
  });

  it('is left alone if CouchDB refuses the mark, and the log says so', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(posted());
    qlik.byId.set('r1' as ReloadId, running);
    const put = async () => ({ kind: 'refused', message: 'CouchDB refused it (forbidden)', isForGood: false }) as const;
    const errors: string[] = [];
    const log = { info() {}, warn() {}, error: (message: string) => void errors.push(message) };
    await sweep(undefined, { apps: {}, store: { ...couch, put }, log });
    expect(qlik.calls).to.not.include('cancel r1');
    expect(errors).to.include(`CouchDB refuses ${ID}: CouchDB refused it (forbidden)`);
  });

  it('is left alone by a sweep that was too late to mark it', async () => {
    const { couch, qlik, sweep } = rig();
    couch.seed(posted());
    qlik.byId.set('r1' as ReloadId, running);
    couch.intrude('put', () => couch.seed({ ...posted(), state: 'ended', dueAt: undefined, _rev: '5-x' }));
    await sweep(undefined, { apps: {} });
    expect(qlik.calls).to.not.include('cancel r1');
  });

  it('is due when its time is over, if that is sooner than the next look', async () => {
    const early = { postedAt: at('11:55'), dueAt: at('11:59'), policy: { timeout: 10 * MINUTE } };
    expect((await swept(early, running)).couch.peek(ID)?.['dueAt']).to.equal(at('12:05'));
    const late = { ...early, policy: { timeout: 600 * MINUTE } };
    expect((await swept(late, running)).couch.peek(ID)?.['dueAt']).to.equal(at('12:15'));
  });
});
