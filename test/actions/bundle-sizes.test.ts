import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { buildActions } from '../../build/build-actions.ts';

describe('The bundles of the actions, without chains', () => {
  it('have at most 150 kB, and 50 kB compressed (the collector’s 53 kB), but for the dashboard’s, which has the page in it', async function () {
    this.timeout(30_000);
    const directory = mkdtempSync(join(tmpdir(), 'cascade-sizes-'));
    try {
      const built = await buildActions({ links: {}, apps: {} }, directory);
      const files = built
        .filter(({ name }) => name !== 'dashboard')
        .map(({ name, file }) => ({ name, text: readFileSync(file) }));
      expect(files).to.have.lengthOf(12);
      expect(
        files.filter(({ text }) => text.length > 150_000).map(({ name, text }) => `${name}: ${text.length}`),
      ).to.deep.equal([]);
      const compressed = files.map(({ name, text }) => ({ name, bytes: gzipSync(text).length }));
      // docs/decisions.md says why the collector's may be larger.
      expect(compressed.filter(({ name, bytes }) => bytes > (name === 'collector' ? 53_000 : 50_000))).to.deep.equal(
        [],
      );
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
