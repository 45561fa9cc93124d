import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { formatProblem } from '../../src/chain-files/format-problem.ts';
import { PROBLEM_CODES } from '../../src/core/chains/problem.ts';
import { paintsOf } from '../../src/core/paint.ts';
import { withDirectory } from './chain-directory.ts';

const DOCS = readFileSync('docs/chains.md', 'utf8');
const [, EXAMPLE = ''] = /```yaml\n(.*?)```/s.exec(DOCS) ?? [];
const [, CONSOLE = ''] = /```console\n\$ npx cascade check\n(.*?)\n\n1 chain: 1 error\n```/s.exec(DOCS) ?? [];

describe('docs/chains.md', () => {
  it('begins with an example that has no problems', async () => {
    await withDirectory({ 'finance.yaml': EXAMPLE }, async (directory) => {
      const { compiled, problems } = await compileDirectory(directory);
      expect(problems).to.deep.equal([]);
      expect(Object.values(compiled?.links ?? {}).flat()).to.have.length(4);
    });
  });

  it('shows what a mistake in it looks like', async () => {
    const mistyped = EXAMPLE.replace('after: extract ', 'after: extrct ');
    await withDirectory({ 'finance.yaml': mistyped }, async (directory) => {
      const { files, problems } = await compileDirectory(directory);
      const shown = problems.flatMap((problem) => formatProblem(problem, files[0], paintsOf(false))).join('\n');
      expect(shown.replace(directory, 'chains')).to.equal(CONSOLE);
    });
  });

  it('explains every code, and none that does not exist', () => {
    const [, section = ''] = /## What `cascade check` finds\n(.*?)(?:\n## |$)/s.exec(DOCS) ?? [];
    expect([...section.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, code]) => code).sort()).to.deep.equal(
      [...PROBLEM_CODES].sort(),
    );
  });
});
