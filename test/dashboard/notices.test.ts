import { expect } from 'chai';
import { noticesOf, type PageState } from '../../dashboard/model/notices.ts';
import type { DurationMs } from '../../src/core/units.ts';

const WELL: PageState = { malformed: 0, isFull: false, isSecondTab: false };
const textsOf = (state: Partial<PageState>) => noticesOf({ ...WELL, ...state }).map(({ text }) => text);
const offersOf = (state: Partial<PageState>) => noticesOf({ ...WELL, ...state }).map(({ offer }) => offer);

describe('what the page says if something is not as it should be', () => {
  it('is nothing if all is well, and if nothing is known', () => {
    expect(noticesOf(WELL)).to.deep.equal([]);
    expect(noticesOf({ ...WELL, version: 1, aheadMs: 0 as DurationMs })).to.deep.equal([]);
  });

  it('names what is wrong with the account, and offers to sign in again', () => {
    expect(textsOf({ account: 'wrong' })[0]).to.match(
      /^CouchDB no longer takes this account with this password, .*Sign in again\./,
    );
    expect(textsOf({ account: 'no-role' })[0]).to.include('npx cascade user add');
    expect(textsOf({ account: 'no-database' })[0]).to.include('database is gone');
    expect(textsOf({ account: 'locked' })[0]).to.include('for 5 minutes after several failed logins');
    for (const account of ['wrong', 'no-role', 'locked', 'no-database'] as const) {
      expect(offersOf({ account })).to.deep.equal(['sign-in']);
      expect(textsOf({ account })[0]).to.include('waits on this device');
    }
  });

  for (const [seconds, off] of [
    [120, undefined],
    [121, '2 min 1 s ahead of'],
    [7_200, '2 h ahead of'],
    [-120, undefined],
    [-121, '2 min 1 s behind'],
    [-7_200, '2 h behind'],
  ] as const) {
    it(`says of a clock that is ${seconds} s ahead: ${off ?? 'nothing'}`, () => {
      const said = textsOf({ aheadMs: (1_000 * seconds) as DurationMs });
      expect(said).to.have.lengthOf(off === undefined ? 0 : 1);
      if (off !== undefined) expect(said[0]).to.include(`This device’s clock is ${off} CouchDB’s. Set it right`);
    });
  }

  it('tells a newer ledger from an older one', () => {
    expect(textsOf({ version: 2 })[0]).to.match(/^A newer Cascade writes this ledger, .*Load the page again\./);
    expect(offersOf({ version: 2 })).to.deep.equal(['reload']);
    expect(textsOf({ version: 0 })[0]).to.match(
      /^An older Cascade writes this ledger, .*deploy again: \.\/build\.sh deploy\.$/,
    );
    expect(offersOf({ version: 0 })).to.deep.equal([undefined]);
  });

  it('counts the documents that the page leaves out', () => {
    expect(textsOf({ malformed: 1 })[0]).to.match(/^1 document is not as this page knows them/);
    expect(textsOf({ malformed: 3 })[0]).to.match(/^3 documents are not as .*npx cascade runs --problems/);
  });

  it('says what to do about a full disk', () => {
    expect(textsOf({ isFull: true })[0]).to.match(
      /^This device has no room for what comes from CouchDB, .* Make room on its disk/,
    );
    expect(offersOf({ isFull: true })).to.deep.equal(['reload']);
  });

  it('says that there is another tab', () => {
    expect(textsOf({ isSecondTab: true })[0]).to.match(/^The dashboard is open in another tab .* close one of them\.$/);
  });

  it('has the most urgent first', () => {
    const all = textsOf({
      account: 'wrong',
      version: 2,
      aheadMs: 7_200_000 as DurationMs,
      malformed: 1,
      isSecondTab: true,
    });
    expect(all.map((text) => text.slice(0, 8))).to.deep.equal([
      'CouchDB ',
      'A newer ',
      'This dev',
      '1 docume',
      'The dash',
    ]);
  });
});
