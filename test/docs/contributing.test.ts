import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { codeIn, REPOSITORY, rowsOf, sectionOf, textOf } from './support/documents.ts';

interface Override {
  readonly includes: readonly string[];
  readonly linter: {
    readonly rules: {
      readonly style: { readonly noRestrictedImports: { readonly options: { readonly patterns: readonly Pattern[] } } };
    };
  };
}
interface Pattern {
  readonly group: readonly string[];
}

const map = rowsOf(sectionOf('CONTRIBUTING.md', '## The map'))
  .filter(([folder = '']) => folder.startsWith('`'))
  .map(([folder = '', , mayImport = '']) => ({ folder: folder.slice(1, -2), mayImport }));
const folders = map.map(({ folder }) => folder);

const foldersIn = (parent: string): readonly string[] =>
  readdirSync(join(REPOSITORY, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(parent, entry.name));

const { overrides } = JSON.parse(textOf('biome.json')) as { overrides: readonly Override[] };

/** The last of the linter's rules for a folder, which is the one that holds. */
const patternsFor = (folder: string): readonly string[] =>
  (
    overrides.findLast(({ includes }) => includes.includes(`${folder}/**`))?.linter.rules.style.noRestrictedImports
      .options.patterns ?? []
  ).flatMap(({ group }) => group);

const isRefused = (patterns: readonly string[], folder: string): boolean =>
  patterns.includes(`**/${folder.split('/').at(-1)}/**`) ||
  (folder.startsWith('src/') && patterns.includes('**/src/**'));

/** The folders with code that others import. */
const IMPORTABLE = [
  ...['actions', 'bench', 'build', 'cli', 'dashboard', 'local', 'sim'],
  ...['src/chain-files', 'src/clients', 'src/contracts', 'src/core', 'src/deploy', 'src/ledger', 'src/platform'],
];

/** The folders that a cell of the map names, `src/*` for all of src. */
const listed = (mayImport: string): readonly string[] =>
  codeIn(mayImport.split(';')[0] ?? '').flatMap((name) =>
    name === 'src/*' ? IMPORTABLE.filter((folder) => folder.startsWith('src/')) : [name.replace(/\/$/, '')],
  );

/** `folder → other` for each import of another folder's file, by the innermost folder of the map. */
function usedArrows(): ReadonlySet<string> {
  const sources = [...new Set(IMPORTABLE.map((folder) => folder.split('/')[0] ?? '')), 'test'].flatMap((top) =>
    readdirSync(join(REPOSITORY, top), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.([jt]s|tsx)$/.test(name))
      .map((name) => join(top, name)),
  );
  const innermost = (file: string, among: readonly string[]): string =>
    among.filter((folder) => file.startsWith(`${folder}/`)).sort((a, b) => b.length - a.length)[0] ?? '';
  const used = sources.flatMap((file) => {
    const imports = readFileSync(join(REPOSITORY, file), 'utf8').matchAll(/(?:from |import\(|import )'(\.[^']+)'/g);
    const from = innermost(file, folders);
    return [...imports].map(([, path = '']) => `${from} → ${innermost(join(dirname(file), path), IMPORTABLE)}`);
  });
  return new Set(used);
}

describe('the map in CONTRIBUTING.md', () => {
  it('has only folders that exist', () => {
    expect(folders.filter((folder) => !existsSync(join(REPOSITORY, folder)))).to.deep.equal([]);
  });

  it('has every folder of the repository and of src', () => {
    const others = ['node_modules', 'dist', 'coverage', 'src'];
    const here = [...foldersIn('.').filter((folder) => !others.includes(folder)), ...foldersIn('src')];
    expect(folders).to.include.members(here);
  });

  it('has no arrow that nothing uses: it goes from the map and from biome.json', () => {
    const used = usedArrows();
    const arrows = map.flatMap(({ folder, mayImport }) => listed(mayImport).map((other) => `${folder} → ${other}`));
    expect(arrows).to.have.length.above(50);
    expect(arrows.filter((arrow) => !used.has(arrow))).to.deep.equal([]);
  });

  for (const { folder, mayImport } of map.filter((row) => row.mayImport !== '')) {
    it(`says of ${folder} what the linter says`, () => {
      const patterns = patternsFor(folder);
      const others = IMPORTABLE.filter((other) => !`${folder}/`.startsWith(`${other}/`));
      expect(listed(mayImport)).to.have.members(others.filter((other) => !isRefused(patterns, other)));
    });
  }
});
