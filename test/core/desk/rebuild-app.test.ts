import { expect } from 'chai';
import { type AppState, type CountedEnd, NO_COUNTS } from '../../../src/core/desk/app-state.ts';
import { rebuildApp } from '../../../src/core/desk/rebuild-app.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const NOW = 1_000_000 as EpochMs;
const end = (reloadId: string, endedAt: number, outcome: string, willRetry = false): CountedEnd =>
  ({ tenant: 'default', appId: 'a', reloadId, endedAt, outcome, partial: false, willRetry }) as CountedEnd;
const always = (): boolean => true;
const ONE = (changes: object) => ({ succeeded: 0, failed: 0, canceled: 0, 'exceeded-limit': 0, ...changes });
const streak = (first: string, since: number, times: number, lastFailedAt: number) => ({
  ...{ first, since, times, lastFailedAt, ticket: `ticket:reload:default:${first}` },
});

describe('an app that is rebuilt', () => {
  it('stands as its ends say, with each streak', () => {
    const ends = [
      end('f1', 10, 'failed'),
      end('f2', 20, 'failed'),
      end('s3', 30, 'succeeded'),
      end('f4', 40, 'failed'),
    ];
    const { state, streaks } = rebuildApp(NO_COUNTS, ends, NOW, always);
    expect(state).to.deep.include({
      ...{ counts: ONE({ succeeded: 1, failed: 3 }), seen: ['f1', 'f2', 's3', 'f4'], over: [], notices: [] },
      ...{ failing: streak('f4', 40, 1, 40), lastSuccess: { endedAt: 30, reloadId: 's3' } },
    });
    expect(streaks).to.deep.equal([
      { ...streak('f1', 10, 2, 20), reloadId: 's3', recoveredAt: 30 },
      streak('f4', 40, 1, 40),
    ]);
  });

  it('keeps the ids of its last 64 ends', () => {
    const ends = Array.from({ length: 70 }, (_, index) => end(`s${index}`, index + 1, 'succeeded'));
    const { seen, counts } = rebuildApp(NO_COUNTS, ends, NOW, always).state;
    expect([seen.length, seen[0], seen.at(-1), counts.succeeded]).to.deep.equal([64, 's6', 's69', 70]);
  });

  /** An app that has counted more ends than there are. A purge has removed the others. */
  const purged = {
    ...rebuildApp(NO_COUNTS, [end('f1', 10, 'failed'), end('f2', 20, 'failed')], NOW, always).state,
    counts: ONE({ succeeded: 9, failed: 5 }),
    seconds: ONE({ succeeded: 90.5 }),
    failing: streak('f0', 5, 3, 20),
    notices: [{ id: 'failed.f0' }],
    leases: { ops: 7 },
  } as unknown as AppState;

  it('keeps greater counts, the beginning of its streak, and what people are owed', () => {
    const { state, streaks } = rebuildApp(purged, [end('f2', 20, 'failed')], NOW, always);
    expect(state).to.deep.equal(purged);
    expect(streaks).to.deep.equal([streak('f0', 5, 3, 20)]);
  });

  it('keeps the greater number of failures of a streak that began at the same time', () => {
    const known = { ...purged, failing: streak('f1', 10, 5, 20) } as AppState;
    const { failing } = rebuildApp(known, [end('f1', 10, 'failed'), end('f2', 30, 'failed')], NOW, always).state;
    expect(failing).to.deep.equal(streak('f1', 10, 5, 30));
  });

  it('has the error of its last failure, also if a purge has removed that end', () => {
    const [first, second] = [
      { code: 'E1', message: 'No connection.' },
      { code: 'E2', message: 'Disk full.' },
    ];
    const ends = [
      { ...end('f1', 10, 'failed'), error: first },
      { ...end('f2', 20, 'failed'), error: second },
    ];
    const of = (known: object, ...left: readonly CountedEnd[]) =>
      rebuildApp(known as AppState, left, NOW, always).state.failing;
    const whole = { ...streak('f1', 10, 2, 20), error: second, errorAt: 20 };
    expect(of(NO_COUNTS, ...ends)).to.deep.equal(whole);
    // The stored streak has the error of the first failure, as an earlier version left it.
    expect(of({ ...purged, failing: { ...streak('f1', 10, 2, 20), error: first } }, ...ends)).to.deep.equal(whole);
    const later = { ...streak('f1', 10, 3, 30), error: second, errorAt: 30 };
    expect(of({ ...purged, failing: later }, ...ends)).to.deep.equal(later);
    expect(of({ ...purged, failing: whole }, ...ends.slice(0, 1), end('f2', 20, 'failed'))).to.deep.equal(
      streak('f1', 10, 2, 20),
    );
  });

  it('is not failing any more if an end says so, and its streak ends at a success that is in between', () => {
    const recovered = rebuildApp(purged, [end('f2', 20, 'failed'), end('s3', 30, 'succeeded')], NOW, always);
    expect(recovered.state).not.to.have.property('failing');
    expect(recovered.state).to.deep.include({ decided: { endedAt: 30, reloadId: 's3' }, counts: purged.counts });
    const again = rebuildApp(purged, [end('s3', 30, 'succeeded'), end('f4', 40, 'failed')], NOW, always);
    expect(again.state.failing).to.deep.equal(streak('f4', 40, 1, 40));
  });

  it('stays failing if it knows of a newer end than those that are left', () => {
    const { failing } = rebuildApp(purged, [end('s0', 1, 'succeeded')], NOW, always).state;
    expect(failing).to.deep.equal(purged.failing);
  });

  it('is failing if it did not say so', () => {
    const { failing: _, ...fine } = purged;
    const { state } = rebuildApp(fine as AppState, [end('f1', 10, 'failed'), end('f2', 20, 'failed')], NOW, always);
    expect(state.failing).to.deep.equal(streak('f1', 10, 2, 20));
  });

  it('is not made to fail by an attempt that another one follows', () => {
    const { state, streaks } = rebuildApp(NO_COUNTS, [end('f1', 10, 'failed', true)], NOW, always);
    expect([state.failing, streaks, state.counts]).to.deep.equal([undefined, [], ONE({ failed: 1 })]);
  });
});
