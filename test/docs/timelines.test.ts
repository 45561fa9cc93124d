import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { drawDeadlines } from '../../build/draw-deadlines.ts';
import { drawTimelines } from '../../build/draw-timelines.ts';

describe('the timelines of docs/chains.md', () => {
  const pictures = new Map([...drawTimelines(), ...drawDeadlines()]);
  for (const [file, picture] of pictures) {
    it(`${file} shows what the code does: else run npm run generate`, () => {
      expect(readFileSync(`docs/images/${file}`, 'utf8')).to.equal(picture);
    });
  }

  it('stand in docs/chains.md, one for each rule that surprises', () => {
    const page = readFileSync('docs/chains.md', 'utf8');
    const shown = [...page.matchAll(/images\/((?:join|late)-[a-z-]+\.svg)/g)].map(([, file]) => file);
    expect(shown).to.deep.equal([...pictures.keys()]);
  });
});
