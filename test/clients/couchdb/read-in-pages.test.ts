import { expect } from 'chai';
import { type PageSize, readInPages } from '../../../src/clients/couchdb/read-in-pages.ts';

const MB = 1024 * 1024;

/** A list of items with these weights. An answer may have at most 4 MB. It notes each page that was asked for. */
function listOf(weights: readonly number[]) {
  const asked: number[] = [];
  const names = weights.map((_, index) => `i${index}`);
  const reader = {
    async next(count: number, { length }: readonly string[]) {
      asked.push(count);
      const bytes = weights.slice(length, length + count).reduce((sum, each) => sum + each, 0);
      return bytes > 4 * MB ? undefined : { items: names.slice(length, length + count), bytes };
    },
    tooLarge: async ({ length }: readonly string[]) => [`stub of i${length}`],
  };
  return { asked, names, read: (limit: number, size: PageSize) => readInPages(limit, size, reader) };
}

describe('a list read in pages that fit', () => {
  it('comes in one answer where it fits, and is over with a short page', async () => {
    const { asked, names, read } = listOf([100, 100, 100]);
    expect(await read(3, { most: Number.POSITIVE_INFINITY })).to.deep.equal(names);
    expect(await read(50, { most: Number.POSITIVE_INFINITY })).to.deep.equal(names);
    expect(asked).to.deep.equal([3, 50]);
  });

  it('halves a page whose answer is too large, and asks for 2 MB from then on', async () => {
    const { asked, names, read } = listOf(Array.from({ length: 16 }, () => MB));
    expect(await read(16, { most: Number.POSITIVE_INFINITY })).to.deep.equal(names);
    // 16 and 8 are too large; 4 fit, and weigh 4 MB: twos from then on.
    expect(asked).to.deep.equal([16, 8, 4, 2, 2, 2, 2, 2, 2]);
  });

  it('grows again behind heavy items', async () => {
    const { asked, read } = listOf([4 * MB, 4 * MB, ...Array.from({ length: 100 }, () => 1_024)]);
    const size = { most: Number.POSITIVE_INFINITY };
    expect(await read(102, size)).to.have.length(102);
    expect(asked).to.deep.equal([102, 51, 25, 12, 6, 3, 1, 1, 1, 99]);
    expect(size.most).to.be.above(100);
  });

  it('goes on behind an item that no answer can hold', async () => {
    const { names, read } = listOf([10, 9 * MB, 10]);
    expect(await read(3, { most: Number.POSITIVE_INFINITY })).to.deep.equal([names[0], 'stub of i1', names[2]]);
  });
});
