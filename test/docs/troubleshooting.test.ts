import { expect } from 'chai';
import { rowsOf, sectionOf, textOf } from './support/documents.ts';

describe('docs/troubleshooting.md', () => {
  it('quotes the receiver’s log where it says why a webhook was refused', () => {
    const source = textOf('actions/receiver/read-request.ts');
    const quotes = rowsOf(sectionOf('docs/troubleshooting.md', '## The webhook is refused'))
      .map(([quote = '']) => quote)
      .filter((quote) => quote !== 'the log says');
    expect(quotes).to.have.length(6);
    for (const quote of quotes) expect(source).to.include(quote);
  });

  it('quotes OpenWhisk’s own answers to a webhook as the contract suite found them, and webhook.md the same', () => {
    const facts = textOf('test/contract/openwhisk/coverage.md');
    const quotes = rowsOf(sectionOf('docs/troubleshooting.md', '## Nothing happens'))
      .flatMap(([sign = '']) => /^\d+ with `([^`]+ [^`]+)`$/.exec(sign)?.[1] ?? [])
      .sort();
    expect(quotes).to.deep.equal(['Response not yet ready.', 'There was an error processing your request.']);
    for (const quote of quotes) {
      expect(facts).to.include(`"error":"${quote}"`);
      expect(textOf('docs/webhook.md')).to.include(`\`${quote}\``);
    }
  });
});
