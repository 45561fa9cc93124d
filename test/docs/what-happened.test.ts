import { expect } from 'chai';
import { textOf } from './support/documents.ts';

/** Words of the commands' answers that the page quotes, and the file that writes each. */
const QUOTES = {
  'ordered again: ': 'cli/ledger/replay-stored-event.ts',
  'The next sweep takes it; at once: wsk action invoke cascade/sweep': 'cli/ledger/replay.ts',
  ' had been merged into it: owed again': 'cli/ledger/cancel-order.ts',
  'waits until its app is free: another reload is pending': 'src/core/runs/order-words.ts',
  'Cascade looks by itself': 'src/core/runs/order-words.ts',
  'was started by hand in Qlik (hub).': 'src/core/runs/why.ts',
};

describe('docs/what-happened.md', () => {
  it('quotes the commands’ answers as they are', () => {
    for (const [quote, source] of Object.entries(QUOTES)) {
      expect(textOf('docs/what-happened.md'), quote).to.include(quote);
      expect(textOf(source), quote).to.include(quote);
    }
  });
});
