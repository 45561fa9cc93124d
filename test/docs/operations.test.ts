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

  it('quotes OpenWhisk’s own answers to a webhook as the contract suite found them, and webhook.md the same', () => {
    const facts = textOf('test/contract/openwhisk/coverage.md');
    const quotes = rowsOf(sectionOf('docs/operations.md', '## Nothing happens'))
      .flatMap(([sign = '']) => /^\d+ with `([^`]+ [^`]+)`$/.exec(sign)?.[1] ?? [])
      .sort();
    expect(quotes).to.deep.equal(['Response not yet ready.', 'There was an error processing your request.']);
    for (const quote of quotes) {
      expect(facts).to.include(`"error":"${quote}"`);
      expect(textOf('docs/webhook.md')).to.include(`\`${quote}\``);
    }
  });

  it('counts a webhook’s invocations as OpenWhisk does, up to its default limit', () => {
    const section = sectionOf('docs/operations.md', '## Many ends at once');
    const [, ends = '', followers = ''] = /with a ledger, (\d+) ends with (two) followers/.exec(section) ?? [];
    // The webhook, its two followers, and the note of what ended; 60 a minute is OpenWhisk's default.
    expect([Number(ends) * (1 + 2 + 1), followers]).to.deep.equal([60, 'two']);
  });

  it('says how a CouchDB becomes a single node in the words of deployment, which refuses one that is none', () => {
    const section = sectionOf('docs/operations.md', '## CouchDB');
    const refusal = textOf('src/ledger/install/install-writer.ts');
    for (const part of ['_users', '/_utils/#setup', 'local.ini']) {
      expect(section).to.include(part);
      expect(refusal).to.include(part);
    }
    expect(section).to.match(/\[couchdb\]\nsingle_node = true/);
  });
});
