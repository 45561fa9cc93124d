import { expect } from 'chai';
import { IGNORED_REASONS } from '../../src/core/reload-finished.ts';
import { SKIP_REASONS } from '../../src/core/skip.ts';
import { ENGINE_ATTEMPT, RELOAD_FINISHED } from '../../src/core/webhook/normalise-event.ts';
import { codeIn, rowsOf, sectionOf, textOf } from './support/documents.ts';

const WEBHOOK = textOf('docs/webhook.md');

const reasonsBelow = (heading: string): readonly string[] =>
  rowsOf(sectionOf('docs/webhook.md', heading))
    .flatMap(([reason = '']) => codeIn(reason))
    .filter((reason) => reason !== 'reason');

describe('docs/webhook.md', () => {
  it('tells every reason for which a link is not set off', () => {
    expect(reasonsBelow('### `skips`: a link that was looked at, and not set off')).to.have.members([...SKIP_REASONS]);
  });

  it('tells every reason for which an event is ignored', () => {
    expect(reasonsBelow('### `ignored`: received, but not the end of a reload that counts')).to.have.members([
      ...IGNORED_REASONS,
    ]);
  });

  it('names both event types', () => {
    expect(codeIn(WEBHOOK)).to.include.members([RELOAD_FINISHED, ENGINE_ATTEMPT]);
  });

  it('shows answers that are JSON', () => {
    const bodies = [...WEBHOOK.matchAll(/```http\n.*?\n\n(.*?)```/gs)].map(([, body = '']) => JSON.parse(body));
    expect(bodies.map((body) => Object.keys(body))).to.deep.equal([
      ['accepted', 'ignored', 'orders', 'skips'],
      ['accepted', 'ignored', 'orders', 'skips'],
      ['error'],
    ]);
  });
});
