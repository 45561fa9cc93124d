import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { withDirectory } from './chain-directory.ts';

const VALID =
  'chain: a\napps: { x: { id: b4a3cf85-0000-4000-8000-00000000000a }, y: { id: b4a3cf85-0000-4000-8000-00000000000b } }\nreloads: [{ app: y, after: x }]\n';

/** The warnings, as `path CODE`, if these files are beside a chain file. */
const warningsOf = (...paths: string[]): Promise<string[]> =>
  withDirectory({ 'a.yaml': VALID }, async (directory) => {
    for (const path of paths) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), '');
    }
    const { compiled, problems } = await compileDirectory(directory);
    expect(Object.keys(compiled?.links ?? {})).to.have.length(1);
    return problems.map(({ severity, code, file }) => `${severity} ${file.slice(directory.length + 1)} ${code}`);
  });

describe('a file that is almost a chain file', () => {
  for (const name of [
    'b.YML',
    'b.Yaml',
    'b.yaml.txt',
    'b.yml~',
    'b.yaml.bak',
    'b.yaml (1)',
    'b.yaml ',
    'b.yaml\u200B',
    'b.YAML.orig',
    'b.ymal',
    'b.yam',
    '.yaml',
    '.yml',
  ]) {
    it(`is warned of: ${JSON.stringify(name)}`, async () =>
      expect(await warningsOf(name)).to.deep.equal([`warning ${name} FILE_NOT_READ`]));
  }

  for (const name of [
    'notes.txt',
    'yaml',
    'b.yamlet',
    'b.json',
    '.b.yaml',
    '.b.yaml.swp',
    '.#b.yaml',
    '._b.yaml',
    'README.md',
  ]) {
    it(`is not taken for one: ${name}`, async () => expect(await warningsOf(name)).to.deep.equal([]));
  }

  it('is warned of in folders below, once for each folder', async () => {
    expect(await warningsOf('sub/b.yaml', 'sub/c.YML', 'sub/deep/er/d.yml', 'other/readme.txt')).to.deep.equal([
      'warning sub FILE_NOT_READ',
      'warning sub/deep/er FILE_NOT_READ',
    ]);
  });

  it('is not looked for in hidden folders, among packages, and below the fourth folder', async () => {
    expect(await warningsOf('.git/b.yaml', 'node_modules/p/b.yaml', '1/2/3/4/5/b.yaml')).to.deep.equal([]);
    expect(await warningsOf('1/2/3/4/b.yaml')).to.deep.equal(['warning 1/2/3/4 FILE_NOT_READ']);
  });

  it('is looked for in 500 folders at most, the directory itself among them', async () => {
    const paths = Array.from({ length: 510 }, (_, index) => `${1_000 + index}/b.yaml`);
    const warnings = await warningsOf(...paths);
    expect([warnings.length, warnings.at(-1)]).to.deep.equal([499, 'warning 1498 FILE_NOT_READ']);
  });

  it('is looked for in a circle of links only so long', () =>
    withDirectory({ 'a.yaml': VALID }, async (directory) => {
      symlinkSync('.', join(directory, 'again'));
      const { problems } = await compileDirectory(directory);
      expect(problems).to.have.length(4);
    }));

  it('is named where there is no chain file', () =>
    withDirectory({ 'SALES.YAML': VALID }, async (directory) => {
      const error = await compileDirectory(directory).catch((reason: unknown) => reason);
      expect(error).to.include({ code: 'NO_CHAINS' });
      expect(String(error)).to.contain(`${directory}/SALES.YAML: This file is not read`);
    }));

  it('says what to do', () =>
    withDirectory({ 'a.yaml': VALID, 'b.YML': '' }, async (directory) => {
      mkdirSync(join(directory, 'sub'));
      writeFileSync(join(directory, 'sub', 'c.yaml'), '');
      writeFileSync(join(directory, 'sub', 'd.yaml'), '');
      const { problems } = await compileDirectory(directory);
      expect(problems.map(({ message }) => message)).to.deep.equal([
        'This file is not read: the name of a chain file ends with .yaml or .yml, in small letters, and does not begin with a dot. Rename it, or move it elsewhere.',
        `What is in this folder is not read: "c.yaml" and 1 more look like chain files. Only files directly in "${directory}" count: move them there, or elsewhere.`,
      ]);
    }));
});
