import { expect } from 'chai';
import fc from 'fast-check';
import { pageOf } from '../../../actions/chains/page-of.ts';

const tenBytes = (): number => 10;

describe('A page of rows', () => {
  it('has as many rows as the limit says, and tells where the next one begins', () => {
    const page = pageOf(['a', 'b', 'c', 'd', 'e'], { offset: 1, limit: 2, maxBytes: 1_000 }, tenBytes);
    expect(page).to.deep.equal({ rows: ['b', 'c'], nextOffset: 3 });
  });

  it('has no next one when it ends with the last row', () => {
    const page = pageOf(['a', 'b', 'c'], { offset: 1, limit: 2, maxBytes: 1_000 }, tenBytes);
    expect(page).to.deep.equal({ rows: ['b', 'c'] });
  });

  it('is empty, with no next one, after the end', () => {
    expect(pageOf(['a'], { offset: 7, limit: 2, maxBytes: 1_000 }, tenBytes)).to.deep.equal({ rows: [] });
  });

  it('ends early where its bytes are spent', () => {
    const page = pageOf(['a', 'b', 'c', 'd'], { offset: 0, limit: 4, maxBytes: 29 }, tenBytes);
    expect(page).to.deep.equal({ rows: ['a', 'b'], nextOffset: 2 });
  });

  it('has its first row however large, so that a reader comes on', () => {
    const page = pageOf(['a', 'b'], { offset: 0, limit: 2, maxBytes: 5 }, tenBytes);
    expect(page).to.deep.equal({ rows: ['a'], nextOffset: 1 });
  });

  it('follows the one before: who follows the next offsets gets every row once, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 300 }),
        (rows, limit, maxBytes) => {
          const read: number[] = [];
          let offset: number | undefined = 0;
          while (offset !== undefined) {
            const { rows: some, nextOffset }: { rows: readonly number[]; nextOffset?: number } = pageOf(
              rows,
              { offset, limit, maxBytes },
              (row) => row,
            );
            read.push(...some);
            offset = nextOffset;
          }
          expect(read).to.deep.equal(rows);
        },
      ),
    );
  });
});
