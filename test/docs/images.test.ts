import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { demoReloads } from '../../local/start/demo-run.ts';
import { PICTURES } from '../page/support/pictures.ts';
import { DOCUMENTS, REPOSITORY, textOf } from './support/documents.ts';

const images = readdirSync(join(REPOSITORY, 'docs/images')).map((name) => `docs/images/${name}`);
const [drawings, pictures] = ['.svg', '.png'].map((ending) => images.filter((name) => name.endsWith(ending)));

/** The signature at the beginning of a PNG. The header with width and height follows it. */
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The most bytes of an image, so that the documents load quickly and the repository stays small. */
const MOST_BYTES = 150_000;

/** The words in a picture and in its description. */
const wordsIn = (svg: string): string => textOf(svg).replace(/<[^>]*>/g, ' ');

describe('the pictures', () => {
  for (const image of drawings ?? []) {
    it(`${image} stands alone: its own background and description, and nothing from elsewhere`, () => {
      const svg = textOf(image);
      expect(svg).to.match(/<title id="title">[^<]+<\/title>/);
      expect(svg).to.match(/<desc id="desc">[^<]+<\/desc>/);
      expect(svg).to.match(/<rect x="1" y="1" [^>]*fill="#ffffff"/);
      expect(svg).not.to.match(/href=|@import|@font-face|<image|<script/);
    });
  }

  for (const { name, width, height } of PICTURES) {
    it(`${name}.png is a screenshot of the dashboard, as large as npm run pictures takes it, and at most 150 kB`, () => {
      const bytes = readFileSync(join(REPOSITORY, `docs/images/${name}.png`));
      expect([...bytes.subarray(0, 8)]).to.deep.equal(SIGNATURE);
      expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).to.deep.equal([width, height]);
      expect(bytes.length).to.be.at.most(MOST_BYTES);
    });
  }

  it('are drawings, and screenshots that npm run pictures takes, and nothing else', () => {
    expect(pictures).to.have.members(PICTURES.map(({ name }) => `docs/images/${name}.png`));
    expect(images).to.have.members([...(drawings ?? []), ...(pictures ?? [])]);
  });

  it('are all in a document', () => {
    const texts = DOCUMENTS.map(textOf).join('');
    expect(images.filter((image) => !texts.includes(`images/${image.split('/').at(-1)}`))).to.deep.equal([]);
  });

  it('how-it-works.svg names everything that is deployed', () => {
    const { actions, sequences } = parse(textOf('manifest.yaml')).project.packages.cascade;
    for (const name of [...Object.keys(actions), ...Object.keys(sequences)]) {
      expect(wordsIn('docs/images/how-it-works.svg')).to.match(new RegExp(`\\b${name}\\b`));
    }
  });

  it('example-chains.svg names every app that the examples reload', () => {
    for (const { app } of demoReloads(true)) {
      expect(wordsIn('docs/images/example-chains.svg')).to.include(app.split('/')[1]);
    }
  });
});
