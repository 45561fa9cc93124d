import { expect } from 'chai';
import { rowsOf, sectionOf, textOf } from './support/documents.ts';

describe('docs/operations.md', () => {
  it('quotes the receiver’s log where it says why a webhook was refused', () => {
    const source = textOf('actions/receiver/read-request.ts');
    const quotes = rowsOf(sectionOf('docs/operations.md', '## The webhook is refused'))
      .map(([quote = '']) => quote)
      .filter((quote) => quote !== 'the log says');
    expect(quotes).to.have.length(6);
    for (const quote of quotes) expect(source).to.include(quote);
  });
});
