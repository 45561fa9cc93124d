import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { drawTimelines } from '../../build/draw-timelines.ts';

describe('the timelines of docs/chains.md', () => {
  for (const [file, picture] of drawTimelines()) {
    it(`${file} shows what the code does: else run npm run generate`, () => {
      expect(readFileSync(`docs/images/${file}`, 'utf8')).to.equal(picture);
    });
  }

  it('stand in docs/chains.md, one for each rule that surprises', () => {
    const page = readFileSync('docs/chains.md', 'utf8');
    const shown = [...page.matchAll(/images\/(join-[a-z-]+\.svg)/g)].map(([, file]) => file);
    expect(shown).to.deep.equal([...drawTimelines().keys()]);
  });
});
