import { expect } from 'chai';
import { tagsOfApps } from '../../dashboard/model/tags-of-apps.ts';

const ticket = (reload: string, appId: string, more: object = {}) => ({
  ...{ _id: `ticket:reload:default:${reload}`, tenant: 'default', appId, chains: [], reloadId: reload },
  ...{ failedAt: 1, lastFailedAt: 1, times: 1, waiting: [] },
  ...more,
});

const act = (reload: string, number: number, kind: string, value: string) => ({
  _id: `act:ticket:reload:default:${reload}:00000000${number}:abcdef`,
  ...{ by: 'anna', at: number, kind, value },
});

const tagsIn = (tickets: readonly { readonly _id: string }[], acts: readonly { readonly _id: string }[]) => {
  const byType: Readonly<Record<string, readonly { readonly _id: string }[]>> = { ticket: tickets, act: acts };
  const of = (type: string) => new Map((byType[type] ?? []).map((document) => [document._id, document]));
  return Object.fromEntries(tagsOfApps({ of } as unknown as Parameters<typeof tagsOfApps>[0]));
};

describe('the tags of the apps', () => {
  it('are those of their open tickets, without what was untagged', () => {
    const acts = [act('r1', 1, 'tag', 'sap'), act('r1', 2, 'tag', 'urgent'), act('r1', 3, 'untag', 'sap')];
    expect(tagsIn([ticket('r1', 'a'), ticket('r2', 'b')], acts)).to.deep.equal({
      'default/a': ['urgent'],
      'default/b': [],
    });
  });

  it('are not those of tickets that need nobody: recovered or rejected ones', () => {
    const tickets = [ticket('r1', 'a', { recoveredAt: 2 }), ticket('r2', 'b')];
    const acts = [act('r1', 1, 'tag', 'sap'), act('r2', 1, 'tag', 'sap'), act('r2', 2, 'reject', 'no')];
    expect(tagsIn(tickets, acts)).to.deep.equal({});
  });
});
