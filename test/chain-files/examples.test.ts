import { expect } from 'chai';
import type { CompiledDirectory } from '../../src/chain-files/compile-directory.ts';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';

/** `upstream (on) → target` by the names of the example files. */
function linksOf({ compiled = { links: {}, apps: {} } }: CompiledDirectory): string[] {
  const nameOf = (tenant: string, appId: string) => compiled.apps[`${tenant}/${appId}`]?.names.join();
  return Object.values(compiled.links)
    .flat()
    .map(
      ({ after, on, target }) =>
        `${nameOf(after.tenant, after.appId)} (${on}) → ${nameOf(target.tenant, target.appId)}`,
    );
}

describe('the example chains', () => {
  it('have no problems, and are the links that their pictures show', async () => {
    const result = await compileDirectory('chains');
    expect(result.problems).to.deep.equal([]);
    expect(linksOf(result)).to.deep.equal([
      'sales/report (succeeded) → board/figures',
      'sales/forecast (succeeded) → board/figures',
      'stock/log (any) → board/figures',
      'board/figures (succeeded) → board/slides',
      'sales/extract (succeeded) → sales/transform',
      'sales/transform (succeeded) → sales/report',
      'sales/transform (succeeded) → sales/forecast',
      'sales/transform (succeeded) → sales/mail-list',
      'stock/import (succeeded) → stock/dashboard',
      'stock/import (failed) → stock/repair',
      'stock/import (any) → stock/log',
      'stock/repair (succeeded) → stock/exceptions',
    ]);
  });

  it('show variables, weight and a partial reload', async () => {
    const { compiled } = await compileDirectory('chains');
    const bodies = compiled?.links['default/5a1e5000-0000-4000-8000-000000000002']?.map(({ body }) => body);
    expect(bodies).to.deep.equal([
      { weight: 8 },
      { variables: { vHorizonDays: '90', vRegion: 'EMEA' } },
      { partial: true },
    ]);
  });

  it('show a link that waits for several apps, is started again, and is canceled if it runs too long', async () => {
    const { compiled } = await compileDirectory('chains');
    const [link] = compiled?.links['default/5a1e5000-0000-4000-8000-000000000003'] ?? [];
    expect(link?.join).to.deep.equal({
      of: {
        'default/5a1e5000-0000-4000-8000-000000000003': 'succeeded',
        'default/5a1e5000-0000-4000-8000-000000000004': 'succeeded',
        'default/570c6000-0000-4000-8000-000000000005': 'any',
      },
      ...{ atLeast: 3, within: 21_600_000 },
    });
    expect(link?.policy).to.deep.equal({ retry: { attempts: 2, delay: 2_000 }, timeout: 3_600_000 });
  });
});
