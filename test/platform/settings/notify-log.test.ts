import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { parseNotifyLog } from '../../../src/platform/settings/notify-log.ts';

describe('the setting NOTIFY_LOG', () => {
  it('is on unless it is off', () => {
    const cases = [{}, { NOTIFY_LOG: '' }, { NOTIFY_LOG: 'on' }, { NOTIFY_LOG: 'off' }];
    expect(cases.map(parseNotifyLog)).to.deep.equal([true, true, true, false]);
  });

  it('is refused if it is anything else', () => {
    for (const NOTIFY_LOG of ['OFF', 'no', 'off ', false])
      expect(() => parseNotifyLog({ NOTIFY_LOG }), String(NOTIFY_LOG)).to.throw(CascadeError, 'The setting NOTIFY_LOG');
  });
});
