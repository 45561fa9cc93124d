import { expect } from 'chai';
import { codeIn, rowsOf, sectionOf, textOf } from './support/documents.ts';

/** Words of the commands' answers that the page quotes, and the file that writes each. */
const QUOTES = {
  'ordered again: ': 'cli/ledger/replay-stored-event.ts',
  'The next sweep, at most 5 minutes from now, starts the reloads that follow. At once: .tools/wsk action invoke cascade/sweep':
    'cli/ledger/replay.ts',
  ' had been merged into it: owed again': 'cli/ledger/cancel-order.ts',
  'waits until its app is free: another reload is pending': 'src/core/runs/order-words.ts',
  'Cascade looks again': 'src/core/runs/order-words.ts',
  ' at the latest, and earlier if the app is free': 'src/core/runs/order-words.ts',
  'was started by hand in Qlik (hub).': 'src/core/runs/why.ts',
  ', and Cascade canceled it': 'src/core/too-long.ts',
  'further attempt': 'cli/ledger/list-runs.ts',
};

describe('docs/what-happened.md', () => {
  it('quotes the commands’ answers as they are', () => {
    for (const [quote, source] of Object.entries(QUOTES)) {
      expect(textOf('docs/what-happened.md'), quote).to.include(quote);
      expect(textOf(source), quote).to.include(quote);
    }
  });

  it('has each title that a line of cascade runs --problems begins with', () => {
    const source = textOf('cli/ledger/show-problems.ts');
    const titles = [...source.matchAll(/title: [`']([a-z ]+)[`' $]/g)].map(([, title = '']) => title.trim());
    const kinds = [...source.matchAll(/case '(unreadable|stuck)'/g)].map(([, kind = '']) => kind);
    const told = rowsOf(sectionOf('docs/what-happened.md', '## See the problems, every morning')).flatMap(
      ([first = '']) => codeIn(first).map((code) => code.replace(' …', '')),
    );
    expect(titles).to.include.members(['no writes', 'waited in vain']);
    expect(told).to.have.members([...titles, ...kinds]);
  });
});
