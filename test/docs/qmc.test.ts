import { expect } from 'chai';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { withDirectory } from '../chain-files/chain-directory.ts';
import { codeIn, rowsOf, sectionOf } from './support/documents.ts';

/**
 * A chain in which the app `target` has this example: a line under `reloads`. Without its own `after` it follows `a`.
 */
const chainWith = (example: string): string => `
chain: qmc
apps: { a: { id: ${idOf(1)} }, b: { id: ${idOf(2)} }, c: { id: ${idOf(3)} }, target: { id: ${idOf(9)} } }
reloads:
  - app: target
    ${example.startsWith('after:') ? '' : 'after: a'}
    ${example}
`;
const idOf = (number: number): string => `a5a5a5a5-0000-4000-8000-00000000000${number}`;
const keyOf = (number: number): string => `default/${idOf(number)}`;
const HOUR = 3_600_000;

const afterA = { after: idOf(1), on: 'succeeded' };
const B_AND_C = { of: { [keyOf(2)]: 'succeeded', [keyOf(3)]: 'succeeded' }, atLeast: 2, within: 12 * HOUR };
const A_AND_B = { of: { [keyOf(1)]: 'succeeded', [keyOf(2)]: 'succeeded' }, atLeast: 2, within: 6 * HOUR };
const A_AND_FAILED_B = { of: { [keyOf(1)]: 'succeeded', [keyOf(2)]: 'failed' }, atLeast: 2, within: 12 * HOUR };

/** Each example of the table, and the links that it means. A composite link is there once for each app it waits for. */
const EXPECTED: readonly (readonly [example: string, links: readonly object[]])[] = [
  ['after: a', [afterA]],
  ['after: { app: a, on: failed }', [{ after: idOf(1), on: 'failed' }]],
  [
    'after: { all: [a, b], within: 6h }',
    [
      { ...afterA, join: A_AND_B },
      { after: idOf(2), on: 'succeeded', join: A_AND_B },
    ],
  ],
  [
    'after: { all: [a, { app: b, on: failed }] }',
    [
      { ...afterA, join: A_AND_FAILED_B },
      { after: idOf(2), on: 'failed', join: A_AND_FAILED_B },
    ],
  ],
  [
    'after: [a, { all: [b, c] }]',
    [afterA, { after: idOf(2), on: 'succeeded', join: B_AND_C }, { after: idOf(3), on: 'succeeded', join: B_AND_C }],
  ],
  ['retry: { attempts: 3 }', [{ ...afterA, policy: { retry: { attempts: 3, delay: HOUR / 12 } } }]],
  ['timeout: 1d', [{ ...afterA, policy: { timeout: 24 * HOUR } }]],
];

/** The rows about things for which a chain file has no field of its own. */
const WITHOUT_FIELD: readonly string[] = ['a time trigger', 'a trigger that is not enabled', 'two tasks of one app'];

describe('docs/chains.md, for people who come from the QMC', () => {
  const all = rowsOf(sectionOf('docs/chains.md', '### A task chain of the QMC')).slice(1);
  const rows = all.filter(([part = '']) => !WITHOUT_FIELD.includes(part));
  const examples = rows.flatMap(([, cell = '']) => codeIn(cell));

  it('has in each row an example, and those whose meaning is checked here', () => {
    expect(all).to.have.length(rows.length + WITHOUT_FIELD.length);
    expect(rows.filter(([, cell = '']) => codeIn(cell).length === 0)).to.deep.equal([]);
    expect(examples).to.deep.equal(EXPECTED.map(([example]) => example));
  });

  it('two entries may have the same app, and what follows it follows both', async () => {
    const text = `${chainWith('after: a')}  - { app: target, after: b }\n  - { app: c, after: target }\n`;
    await withDirectory({ 'qmc.yaml': text }, async (directory) => {
      const { compiled } = await compileDirectory(directory);
      const links = Object.values(compiled?.links ?? {}).flat();
      expect(links.map(({ after, target }) => [after.appId, target.appId])).to.have.deep.members([
        [idOf(1), idOf(9)],
        [idOf(2), idOf(9)],
        [idOf(9), idOf(3)],
      ]);
    });
  });

  for (const [example, expected] of EXPECTED) {
    it(`${example} compiles to the links that the row describes`, async () => {
      await withDirectory({ 'qmc.yaml': chainWith(example) }, async (directory) => {
        const { compiled, problems } = await compileDirectory(directory);
        expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
        const links = Object.values(compiled?.links ?? {}).flat();
        expect(
          links.map(({ after, on, join, policy, target, body, paused }) => {
            expect([target.appId, body, paused]).to.deep.equal([idOf(9), {}, false]);
            return { after: after.appId, on, ...(join && { join }), ...(policy && { policy }) };
          }),
        ).to.have.deep.members(expected);
        expect(links).to.have.length(expected.length);
      });
    });
  }
});
