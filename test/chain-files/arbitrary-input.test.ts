import { expect } from 'chai';
import fc from 'fast-check';
import { compileValues } from '../../src/chain-files/compile-values.ts';
import { parseChain } from '../../src/chain-files/parse-chain.ts';
import { readChains } from '../../src/chain-files/read-chains.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { withDirectory } from './chain-directory.ts';

/** Words of the language, so that random values come near to chain files. */
const word = fc.constantFrom(
  ...['chain', 'apps', 'reloads', 'app', 'after', 'on', 'all', 'of', 'atLeast', 'id', 'name', 'x', 'y', 'x/y'],
  ...['variables', 'weight', 'retry', 'enabled', 'any', 'failed', '__proto__', 'constructor', 'id-x'],
);
const { value: likeAChain } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    word,
    fc.jsonValue({ maxDepth: 1 }),
    tie('list'),
    tie('mapping'),
    tie('file'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  mapping: fc.dictionary(word, tie('value'), { maxKeys: 5 }),
  file: fc.record({
    chain: fc.constantFrom('x', 'y'),
    apps: fc.dictionary(word, fc.record({ id: word }), { maxKeys: 3 }),
    reloads: fc.array(
      fc.oneof(fc.record({ app: word, after: fc.oneof(word, fc.array(word), tie('value')) }), tie('mapping')),
      { maxLength: 4 },
    ),
  }),
}));

/** Lines of YAML that do not always fit together. */
const yamlText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.nat({ max: 4 }), word, fc.constantFrom(':', ': ', ': &a ', ': *a', ': [', ': {', ' - '))
        .map(([indent, key, rest]) => `${' '.repeat(indent)}${key}${rest}`),
      fc.constantFrom('- ', '---', '...', '%YAML 1.1', '\t', '? ', '| ', '"', '}', ']', '!!set', '<<: *a'),
    ),
    { maxLength: 12 },
  )
  .chain((lines) => fc.constantFrom('\n', '\r\n', '\r', ' ').map((end) => lines.join(end)));

describe('whatever somebody writes into a chain file', () => {
  it('compiles or is a list of problems, never both wrong and compiled', () => {
    const files = fc.array(likeAChain, { maxLength: 3 });
    fc.assert(
      fc.property(files, (values) => {
        const { compiled, problems } = compileValues(
          values.map((value, number) => ({ file: `${number}.yaml`, value })),
        );
        const errors = problems.filter(({ severity }) => severity === 'error');
        expect(compiled === undefined).to.equal(errors.length > 0);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is the same to the compiler in any order of the files', () => {
    const files = fc.array(likeAChain, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(files, (values) => {
        const named = values.map((value, number) => ({ file: `${number}.yaml`, value }));
        expect(compileValues([...named].reverse()).compiled).to.deep.equal(compileValues(named).compiled);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is a value or has problems with places inside the text', () => {
    fc.assert(
      fc.property(yamlText, (text) => {
        const parsed = parseChain({ file: 'a.yaml', text });
        if (parsed.kind === 'source') return;
        const lines = text.split('\n');
        for (const { line, column } of parsed.problems) {
          expect(line).to.be.within(1, lines.length);
          expect(column).to.be.within(1, [...(lines[line - 1] ?? '')].length + 1);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('is read without an error of any other kind than ours, also as bytes that are no text', async () => {
    const content = fc.oneof(yamlText, fc.uint8Array({ maxLength: 60 }));
    await fc.assert(
      fc.asyncProperty(content, async (bytes) => {
        await withDirectory({ 'a.yaml': bytes }, (directory) => expect(readChains(directory).texts).to.have.length(1));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a directory that cannot be read', () => {
  const messageOf = (directory: string): string => {
    try {
      readChains(directory);
    } catch (error) {
      if (error instanceof CascadeError && error.code === 'NO_CHAINS') return error.message;
      throw error;
    }
    return 'it can be read';
  };

  it('is told by its name when it does not exist', () => {
    expect(messageOf('no-such-directory')).to.equal(
      'Cannot read chains from "no-such-directory": it does not exist. Give the directory that holds the chain files.',
    );
  });

  it('is told when it is a file', () => {
    expect(messageOf('package.json')).to.equal(
      'Cannot read chains from "package.json": it is a file. Give the directory that holds the chain files.',
    );
  });

  it('is told when it holds no chain file', async () => {
    await withDirectory({ 'notes.txt': '' }, (directory) => {
      expect(messageOf(directory)).to.equal(
        `There is no chain file (*.yaml) in "${directory}". Write one as docs/chains.md shows, or name another directory.`,
      );
    });
  });
});
