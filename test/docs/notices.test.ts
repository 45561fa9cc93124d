import { expect } from 'chai';
import { NOTICE_KINDS } from '../../src/core/desk/notice.ts';
import { rowsOf, sectionOf } from './support/documents.ts';

describe('docs/notices.md', () => {
  it('has each kind that is sent so far', () => {
    const kinds = rowsOf(sectionOf('docs/notices.md', '## What is a notice')).map(([kind = '']) => kind);
    expect(kinds).to.deep.equal(['kind', ...NOTICE_KINDS.map((kind) => `\`${kind}\``)]);
  });
});
