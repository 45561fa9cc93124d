import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { Catalogue } from '../../../local/store/catalogue.ts';

describe('the list of databases, if its file cannot be written', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'cascade-catalogue-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('is as it was before, and is written again by the next change', async () => {
    const catalogue = await Catalogue.open(directory, () => 0);
    // A folder has the name of the file that the store writes first, so the write fails.
    const inTheWay = path.join(directory, 'store.json.new');
    mkdirSync(inTheWay);
    const isRefused = await catalogue.create('one').then(
      () => false,
      () => true,
    );
    expect([isRefused, catalogue.names()]).to.deep.equal([true, ['_users']]);
    rmdirSync(inTheWay);
    await catalogue.create('two');
    await catalogue.close();
    const again = await Catalogue.open(directory, () => 0);
    expect(again.names()).to.deep.equal(['_users', 'two']);
    await again.close();
  });
});
