import { expect } from 'chai';
import { entries, useHost } from './support/use-host.ts';

const ACTION = { exec: { kind: 'nodejs:20', code: 'function main() { return {} }' } };
const BIG = 'x'.repeat(1_048_573);

/** These come from OpenWhisk's source and are not in the list of facts: other hosts may differ. */
describe('refusals that the list of facts does not hold', () => {
  const host = useHost();
  const sequence = (name: string, components: readonly string[]) =>
    host.rest('PUT', `actions/t/${name}?overwrite=true`, {
      exec: { kind: 'sequence', components: components.map((component) => `/_/t/${component}`) },
    });

  for (const what of ['parameters', 'annotations']) {
    it(`takes 1 MB of ${what} and not a byte more`, async () => {
      // One byte of the key and two quotation marks of the value count too.
      const fits = await host.rest('PUT', 'packages/big?overwrite=true', { [what]: entries({ k: BIG }) });
      expect(fits.status).to.equal(200);
      const { status, json } = await host.rest('PUT', 'packages/big?overwrite=true', {
        [what]: entries({ k: `${BIG}x` }),
      });
      expect([status, json.error]).to.deep.equal([413, `${what} larger than allowed: 1048577 > 1048576 bytes.`]);
    });
  }

  it('takes for skip what fits into 32 bits with a sign, and no larger number', async () => {
    expect((await host.rest('GET', 'packages?skip=2147483647')).status).to.equal(200);
    const { status, json } = await host.rest('GET', 'packages?skip=2147483648');
    expect(status).to.equal(400);
    expect(json.error).to.contain("The value '2147483648' is not an integer for packages.");
  });

  it('takes 50 actions in a sequence, those of inner ones counted, and no more', async () => {
    await host.rest('PUT', 'actions/t/a', ACTION);
    expect((await sequence('half', Array(25).fill('a'))).status).to.equal(200);
    expect((await sequence('fifty', ['half', 'half'])).status).to.equal(200);
    const { status, json } = await sequence('more', ['half', 'a', 'half']);
    expect([status, json.error]).to.deep.equal([400, 'Too many actions in the sequence.']);
  });

  it('takes no sequence that comes back to itself', async () => {
    await host.rest('PUT', 'actions/t/b', ACTION);
    await sequence('inner', ['b']);
    await sequence('outer', ['inner']);
    for (const components of [['inner'], ['b', 'outer']]) {
      const { status, json } = await sequence('inner', components);
      expect([status, json.error]).to.deep.equal([400, 'Sequence may not refer to itself.']);
    }
  });

  it('shows the field that a suffix names where there is no body', async () => {
    await host.action('fields', 'function main() { return { html: "<b>", svg: "<svg/>", text: [1] } }', {
      'web-export': true,
    });
    const shown = async (suffix: string) => (await host.web(`t/fields.${suffix}`)).text;
    expect([await shown('html'), await shown('svg'), await shown('text')]).to.deep.equal(['<b>', '<svg/>', '[1]']);
  });
});
