import { expect } from 'chai';
import { sectionOf } from './support/documents.ts';

describe('docs/operations.md', () => {
  it('counts a webhook’s invocations as OpenWhisk does, up to its default limit', () => {
    const section = sectionOf('docs/operations.md', '## Many ends at once');
    const [, ends = '', followers = ''] = /with a ledger, (\d+) ends with (two) followers/.exec(section) ?? [];
    // The webhook, its two followers, and the note of what ended; 60 a minute is OpenWhisk's default.
    expect([Number(ends) * (1 + 2 + 1), followers]).to.deep.equal([60, 'two']);
  });
});
