import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readManifest } from '../../src/deploy/read-manifest.ts';
import { REPOSITORY } from './support/manifest-folder.ts';
import { refusal } from './support/refusal.ts';

describe('reading a manifest', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cascade-read-manifest-'));
  });
  after(() => rm(folder, { recursive: true }));

  const read = async (text: string) => {
    const file = join(folder, 'manifest.yaml');
    await writeFile(file, text);
    return readManifest(file);
  };
  const packageWith = (line: string): string =>
    `project: { name: p, packages: { p: { version: 1.0.0, license: Apache-2.0, ${line} } } }`;

  it('takes Cascade’s own', async () => {
    const { project } = await readManifest(join(REPOSITORY, 'manifest.yaml'));
    expect(project.packages).to.have.all.keys('cascade');
  });

  const refused: readonly [string, string, string][] = [
    ['a key of a package that it does not deploy', packageWith('apis: {}'), 'apis'],
    ['triggers, which it does not deploy yet', packageWith('triggers: {}'), 'triggers'],
    [
      'a mistyped key of an action',
      packageWith('actions: { a: { function: a.js, runtime: nodejs:20, lmits: {} } }'),
      'lmits',
    ],
    [
      'a limit that wskdeploy does not know',
      packageWith('actions: { a: { function: a.js, runtime: n, limits: { concurrency: 2 } } }'),
      'concurrency',
    ],
    [
      'an input without a value',
      packageWith('actions: { a: { function: a.js, runtime: n, inputs: { X: { type: string } } } }'),
      'value',
    ],
    [
      'a web mode that does not exist',
      packageWith('sequences: { s: { actions: a, web: yes-please } }'),
      '[true,false,"raw"]',
    ],
    ['text that is no YAML', 'project: { name: {{ }', 'is not YAML'],
  ];
  for (const [title, text, told] of refused) {
    it(`refuses ${title}, and says so`, async () => expect(await refusal(read(text))).to.contain(told));
  }

  it('says which file is missing', async () =>
    expect(await refusal(readManifest(join(folder, 'none.yaml')))).to.contain('none.yaml'));
});
