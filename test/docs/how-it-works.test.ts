import { expect } from 'chai';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { withDirectory } from '../chain-files/chain-directory.ts';
import { textOf } from './support/documents.ts';

describe('docs/how-it-works.md', () => {
  it('has an example chain without problems, whose links do what its comments say', async () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(textOf('docs/how-it-works.md')) ?? [];
    await withDirectory({ 'finance.yaml': example }, async (directory) => {
      const { compiled, problems } = await compileDirectory(directory);
      expect(problems).to.deep.equal([]);
      const links = Object.values(compiled?.links ?? {}).flat();
      expect(
        links.map(({ after, on, target }) => [after.appId.slice(-1), on, target.appId.slice(-1)]),
      ).to.have.deep.members([
        ['1', 'succeeded', '2'],
        ['2', 'succeeded', '3'],
        ['4', 'succeeded', '3'],
        ['1', 'failed', '4'],
      ]);
    });
  });
});
