import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['actions', 'bench', 'build', 'cli', 'dashboard', 'local', 'sim', 'src'];
const DECLARED =
  /^export (?:default )?(?:declare )?(?:async )?(?:abstract )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm;

/** Every exported name with the files that declare it; overloads of one file count once. */
function declarations(): ReadonlyMap<string, ReadonlySet<string>> {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
      .map((file) => join(folder, file)),
  );
  const found = new Map<string, Set<string>>();
  for (const file of files) {
    for (const [, name = ''] of readFileSync(join(repository, file), 'utf8').matchAll(DECLARED)) {
      found.set(name, (found.get(name) ?? new Set()).add(file));
    }
  }
  return found;
}

describe('an exported name', () => {
  const all = declarations();

  it('stands for one thing: whoever reads it need not look where it comes from', () => {
    const twice = [...all].filter(([name, files]) => name !== 'main' && files.size > 1);
    expect(twice.map(([name, files]) => `${name}: ${[...files].join(', ')}`)).to.deep.equal([]);
  });

  it('is found by this test, whatever it names', () => {
    expect([...(all.get('CascadeError') ?? [])]).to.deep.equal(['src/core/cascade-error.ts']);
    expect([...(all.get('Reason') ?? [])]).to.deep.equal(['src/core/reload-finished.ts']);
    expect(all.get('main')?.size).to.equal(13);
  });
});
