import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** What text from outside passes on its way into a document, an alert or an answer. */
const FOLDERS = ['actions', 'src/clients', 'src/core/webhook', 'src/ledger', 'src/platform'];

/** Cuts at a length that is fixed: digits or a constant. */
const CUT = /[\w\])]*\.slice\(0, (?:[A-Z][A-Z_]+|[\d_]+)\)|\.substr(?:ing)?\(/;

/** None of these cuts a text from outside: the first is of hex digits, the others are of lists. */
const NO_TEXTS = [
  'actions/chains/read-query.ts: chains.slice(0, SHOWN_CHAINS)',
  'src/ledger/body-hash.ts: .slice(0, 16)',
  'src/ledger/install/bind-tenants.ts: addresses.slice(0, MOST_BEFORE)',
  'src/ledger/install/install-writer.ts: others.slice(0, MOST_NAMED)',
];

async function linesOf(folder: string): Promise<readonly (readonly [file: string, line: string])[]> {
  const names = await readdir(join(repository, folder), { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
  const texts = await Promise.all(files.map((file) => readFile(join(repository, file), 'utf8')));
  return files.flatMap((file, index) => (texts[index] ?? '').split('\n').map((line) => [file, line.trim()] as const));
}

const found = async (wanted: RegExp): Promise<readonly string[]> => {
  const lines = (await Promise.all(FOLDERS.map(linesOf))).flat();
  return lines.flatMap(([file, line]) => {
    const hit = wanted.exec(line)?.[0];
    return hit === undefined ? [] : [`${file}: ${hit}`];
  });
};

describe('text from outside', () => {
  it('is cut by `clipped` (src/core/outside-text.ts) and nowhere else', async () => {
    expect([...(await found(CUT))].sort()).to.deep.equal(NO_TEXTS);
  });

  it('is parsed by `parseOutsideJson`, which makes it well-formed; only settings are not from outside', async () => {
    expect(await found(/JSON\.parse\(/)).to.deep.equal(['src/platform/settings/setting.ts: JSON.parse(']);
  });

  it('would be seen to be cut elsewhere', () => {
    for (const line of [
      "words.join(' ').slice(0, LONGEST)",
      'text.slice(0, 500)',
      'text.substring(0, n)',
      'a[0].slice(0, 1_000)',
    ])
      expect(CUT.test(line), line).to.equal(true);
    for (const line of ['path.slice(0, at)', 'names.slice(1)', 'text.slice(0, -1)'])
      expect(CUT.test(line), line).to.equal(false);
  });
});
