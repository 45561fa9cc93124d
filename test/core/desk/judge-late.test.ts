import { expect } from 'chai';
import { type AppState, FRESH_APP } from '../../../src/core/desk/app-state.ts';
import { type Deadline, isBeforeKnown, isNewlyLate } from '../../../src/core/desk/judge-late.ts';

/** An app that is expected since 100. */
const app = (more: object = {}): AppState =>
  ({ ...FRESH_APP, expectedSince: { text: 'x', at: 100, ...more } }) as AppState;
const deadline = (at: number, after?: number): Deadline =>
  ({ deadline: at, ...(after !== undefined && { after }) }) as Deadline;

describe('an app that is judged for its first deadline ever', () => {
  it('is late if it has never succeeded', () => {
    expect(isNewlyLate(app(), deadline(200))).to.equal(true);
    expect(isNewlyLate(app({ success: 1 }), deadline(200))).to.equal(false);
  });
});

describe('a success that nobody may know of', () => {
  it('is one after the deadline before, if that was earlier than the app was expected', () => {
    expect(isBeforeKnown(app(), deadline(200, 99))).to.equal(true);
    expect(isBeforeKnown(app(), deadline(200, 100))).to.equal(false);
    expect(isBeforeKnown(app({ success: 0 }), deadline(200, 99))).to.equal(false);
  });
});
