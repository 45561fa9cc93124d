import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['actions', 'bench', 'build', 'cli', 'dashboard', 'local', 'sim', 'src', 'test'];

/** Biome wraps code at this length, but it leaves comments alone. */
const LONGEST = 120;

/** A line that is a comment, or a line of code with a comment behind it. An address has no space before its slashes. */
const COMMENT = /^\s*(?:\/\/|\/?\*|\{\/\*)|\s\/\/\s/;

/** Biome reads the reason for an exception only if it is on one line. */
const EXCEPTION = /\bbiome-ignore\b/;

/** The comment lines in a source text that are too long, each with its number. */
const longIn = (source: string): readonly string[] =>
  source
    .split('\n')
    .flatMap((line, index) =>
      line.length > LONGEST && COMMENT.test(line) && !EXCEPTION.test(line) ? [`${index + 1}: ${line.trim()}`] : [],
    );

/** Our source files, without generated ones. */
const files = (): readonly string[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !/(?:^|\/)generated\//.test(file))
      .map((file) => join(folder, file)),
  );

describe('a comment line', () => {
  it('has at most 120 characters', () => {
    const found = files().flatMap((file) =>
      longIn(readFileSync(join(repository, file), 'utf8')).map((line) => `${file}:${line}`),
    );
    expect(found).to.deep.equal([]);
  });

  const words = 'word '.repeat(24);

  for (const line of [`// ${words}`, `  /** ${words}*/`, ` * ${words}`, `{/* ${words}*/}`, `const a = 1; // ${words}`])
    it(`would be found: ${line.slice(0, 20)} …`, () => {
      expect(longIn(line)).to.have.length(1);
    });

  it('is no long line of code, and no exception for Biome', () => {
    for (const line of [`const a = '${words} http://a';`, `// biome-ignore lint: ${words}`])
      expect(longIn(line), line).to.deep.equal([]);
  });
});
