import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'yaml';
import { activationsByAction } from '../../../actions/meter/activations-by-action.ts';
import { METERED, METERED_IF_RUN } from '../../../actions/meter/metered.ts';
import type { EpochMs } from '../../../src/core/units.ts';

describe('what the meter counts', () => {
  /** The names of the actions and sequences of a file for wskdeploy. */
  async function namesIn(file: string, packageName: string): Promise<readonly string[]> {
    const manifest = parse(await readFile(new URL(`../../../${file}`, import.meta.url), 'utf8'));
    const { actions, sequences } = manifest.project.packages[packageName];
    return [...Object.keys(actions), ...Object.keys(sequences)];
  }

  it('is every action and every sequence of manifest.yaml', async () => {
    expect(METERED).to.have.members([...(await namesIn('manifest.yaml', 'cascade'))]);
  });

  it('is every action and every sequence of questions.yaml, by its package', async () => {
    const names = await namesIn('questions.yaml', 'questions');
    expect(METERED_IF_RUN).to.have.members(names.map((name) => `questions/${name}`));
  });
});

describe('a window of time with many activations', () => {
  /** A host whose list never ends, or ends after so many pages of one. */
  async function listed(lengthMs: number, ending = Number.POSITIVE_INFINITY) {
    let pages = 0;
    const page = async () => {
      pages += 1;
      if (pages > ending) return [];
      const activation = { activationId: `a${pages}`, path: 'guest/cascade/reload', start: 5 as EpochMs };
      return [{ ...activation, statusCode: 0, durationMs: 1 }];
    };
    const window = { from: 0 as EpochMs, until: lengthMs as EpochMs };
    const found = await activationsByAction({ page }, 'guest/cascade/', window);
    return { pages, found: found === 'too-many' ? found : found.get('reload')?.length };
  }

  it('is given up after 100 pages, so that a smaller window is taken', async () => {
    expect(await listed(2)).to.deep.equal({ pages: 100, found: 'too-many' });
    expect(await listed(2, 99)).to.deep.equal({ pages: 100, found: 99 });
  });

  it('is read to its end if it is one millisecond long, since no window is smaller', async () => {
    expect(await listed(1, 150)).to.deep.equal({ pages: 151, found: 150 });
  });
});
