import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect } from 'chai';
import { readManifest } from '../../src/deploy/read-manifest.ts';
import { codeIn, REPOSITORY, rowsOf, textOf } from './support/documents.ts';

/** The rows of settings: their names, and the last column. */
const SETTINGS = rowsOf(textOf('docs/settings.md')).flatMap((cells) => {
  const names = codeIn(cells[0] ?? '').filter((name) => /^[A-Z_]+$/.test(name));
  return names.map((name) => [name, cells.at(-1) ?? ''] as const);
});

/** By setting: the actions that get it, by manifest.yaml and questions.yaml. Actions of `cascade` have no package. */
async function holders(): Promise<{ readonly all: readonly string[]; readonly of: ReadonlyMap<string, string[]> }> {
  const all: string[] = [];
  const of = new Map<string, string[]>();
  for (const file of ['manifest.yaml', 'questions.yaml']) {
    const { project } = await readManifest(join(REPOSITORY, file));
    for (const [inPackage, { actions = {} }] of Object.entries(project.packages)) {
      for (const [name, { inputs = {} }] of Object.entries(actions)) {
        const action = inPackage === 'cascade' ? name : `${inPackage}/${name}`;
        all.push(action);
        for (const input of Object.keys(inputs)) of.set(input, [...(of.get(input) ?? []), action]);
      }
    }
  }
  return { all, of };
}

describe('docs/settings.md', () => {
  it('lists every setting of .env.example, and no other', () => {
    expect(SETTINGS.map(([name]) => name)).to.have.members(Object.keys(parseEnv(textOf('.env.example'))));
  });

  it('says which actions get a setting: those that the manifests name', async () => {
    const { all, of } = await holders();
    for (const [name, cell] of SETTINGS) {
      const [but] = /^all but [a-z/]+(?: and [a-z/]+)*/.exec(cell) ?? [];
      const named = (but ?? cell).replace('all but ', '').split(/, | and /);
      const notActions = named.filter((word) => !all.includes(word));
      if (cell !== 'all') {
        for (const word of notActions) expect(word, name).to.match(/^(?:deployment|`cascade [a-z ]+`)$/);
      }
      const isAll = cell === 'all' || but !== undefined;
      const holding = all.filter((action) => (isAll ? !named.includes(action) : named.includes(action)));
      expect(holding, name).to.have.members(of.get(name) ?? []);
    }
  });
});
