import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { demoReloads } from '../../local/start/demo-run.ts';
import { REPOSITORY, textOf } from './support/documents.ts';

const images = readdirSync(join(REPOSITORY, 'docs/images')).map((name) => `docs/images/${name}`);

/** What stands in a picture to be read, and in its description. */
const wordsIn = (svg: string): string => textOf(svg).replace(/<[^>]*>/g, ' ');

describe('the pictures', () => {
  for (const image of images) {
    it(`${image} stands alone: its own background and description, and nothing from elsewhere`, () => {
      const svg = textOf(image);
      expect(svg).to.match(/<title id="title">[^<]+<\/title>/);
      expect(svg).to.match(/<desc id="desc">[^<]+<\/desc>/);
      expect(svg).to.match(/<rect x="1" y="1" [^>]*fill="#ffffff"/);
      expect(svg).not.to.match(/href=|@import|@font-face|<image|<script/);
    });
  }

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
