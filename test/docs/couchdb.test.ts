import { expect } from 'chai';
import { sectionOf, textOf } from './support/documents.ts';

describe('docs/couchdb.md', () => {
  it('says how a CouchDB becomes a single node in the words of deployment, which refuses one that is none', () => {
    const section = sectionOf('docs/couchdb.md', '## Set it up');
    const refusal = textOf('src/ledger/install/install-writer.ts');
    for (const part of ['_users', '/_utils/#setup', 'local.ini']) {
      expect(section).to.include(part);
      expect(refusal).to.include(part);
    }
    expect(section).to.match(/\[couchdb\]\n\s*single_node = true/);
  });
});
