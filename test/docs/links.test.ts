import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { DOCUMENTS, REPOSITORY, textOf } from './support/documents.ts';

/** A document's text without its code. In code a bracket means something else. */
const proseOf = (document: string): string =>
  textOf(document)
    .replace(/```.*?```/gs, '')
    .replace(/`[^`\n]*`/g, '');

const linksIn = (document: string): readonly string[] =>
  [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

/** The anchors that GitHub makes of a document's headings. */
const anchorsOf = (document: string): readonly string[] =>
  [
    ...textOf(document)
      .replace(/```.*?```/gs, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  );

function problemOf(document: string, link: string): string | undefined {
  if (/^https?:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(REPOSITORY, target))) return `${document}: ${link} is not there`;
  if (anchor === undefined || anchorsOf(target).includes(anchor)) return undefined;
  return `${document}: ${target} has no heading for #${anchor}`;
}

describe('the links of the documents', () => {
  it('are looked at in every document that a reader begins with', () => {
    expect(DOCUMENTS).to.include.members(['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/README.md']);
  });

  it('lead to a file, and to a heading in it', () => {
    const problems = DOCUMENTS.flatMap((document) => linksIn(document).map((link) => problemOf(document, link)));
    expect(problems.filter((problem) => problem !== undefined)).to.deep.equal([]);
  });

  it('that messages give as (page, "heading") lead to that heading', () => {
    const sources = ['cli', 'src'].flatMap((folder) =>
      readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => textOf(join(folder, name))),
    );
    const named = sources.flatMap((source) => [...source.matchAll(/\((README|docs\/[a-z-]+\.md), "([^"]+)"/g)]);
    expect(named).to.have.length.above(2);
    for (const [, page = '', heading = ''] of named) {
      expect(textOf(page === 'README' ? 'README.md' : page)).to.match(new RegExp(`^#+ ${heading}$`, 'm'));
    }
  });

  it('lead from the map to every document in docs', () => {
    const mapped = linksIn('docs/README.md').map((link) => join('docs', link));
    expect(mapped).to.include.members(
      DOCUMENTS.filter((document) => /^docs\/[^/]+\.md$/.test(document) && document !== 'docs/README.md'),
    );
  });
});
