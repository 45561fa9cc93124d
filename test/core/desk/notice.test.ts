import { expect } from 'chai';
import { type ChannelName, type Notice, newNotice, noticesDueAt } from '../../../src/core/desk/notice.ts';
import type { EpochMs } from '../../../src/core/units.ts';

const channel = (name: string) => name as ChannelName;

const notice = (due: Readonly<Record<string, number>>): Notice => ({
  ...newNotice({ id: 'failed.r1', kind: 'failed', at: 1000 as EpochMs }, Object.keys(due).map(channel), 0 as EpochMs),
  due: due as Notice['due'],
});

describe('when a document is due for its notices', () => {
  it('is 30 seconds after a notice was made', () => {
    const made = newNotice({ id: 'failed.r1', kind: 'failed', at: 1000 as EpochMs }, [channel('ops')], 5000 as EpochMs);
    expect(noticesDueAt([made])).to.equal(35_000);
  });

  it('is never without a notice, or without a channel that is owed', () => {
    expect(noticesDueAt([])).to.equal(undefined);
    expect(noticesDueAt([notice({})])).to.equal(undefined);
  });

  it('is the earliest instant over all notices and channels', () => {
    expect(noticesDueAt([notice({ ops: 7000, team: 9000 }), notice({ ops: 8000 })])).to.equal(7000);
  });

  it('is not before the lease of a channel ends; another channel does not wait for it', () => {
    const notices = [notice({ ops: 7000, team: 20_000 })];
    expect(noticesDueAt(notices, { [channel('ops')]: 12_000 as EpochMs })).to.equal(12_000);
    expect(noticesDueAt(notices, { [channel('ops')]: 30_000 as EpochMs })).to.equal(20_000);
  });
});
