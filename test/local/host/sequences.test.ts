import { expect } from 'chai';
import { asMap } from './support/body.ts';
import { entries, useHost } from './support/use-host.ts';

describe('sequences', () => {
  const host = useHost();
  before(() => host.action('echo', 'function main(params) { return params }'));

  it('runs a sequence within a sequence, which is not the topmost', async () => {
    await host.sequence('inner', ['echo', 'echo']);
    await host.sequence('outer', ['inner', 'echo']);
    const { json } = await host.invoke('outer', { x: 1 });
    expect(json.response.result).to.deep.equal({ x: 1 });
    const [id = ''] = (await host.record(json.activationId)).logs;
    const inner = await host.record(id);
    expect(inner.cause).to.equal(json.activationId);
    expect(asMap(inner.annotations)).to.include({ kind: 'sequence', causedBy: 'sequence', topmost: false });
  });

  it('runs at most 50 actions in a sequence, nested ones counted', async () => {
    await host.sequence('ten', Array<string>(10).fill('echo'));
    await host.sequence('fifty', Array<string>(5).fill('ten'));
    expect((await host.invoke('fifty')).status).to.equal(200);
    // An inner sequence may grow after the outer one was made.
    await host.sequence('grows', ['echo']);
    await host.sequence('more', ['grows', ...Array<string>(4).fill('ten')]);
    await host.sequence('grows', ['ten', 'echo']);
    const { status, json } = await host.invoke('more');
    expect([status, json.response.result]).to.deep.equal([502, { error: 'Too many actions in the sequence.' }]);
  });

  it('passes an array on as it is, without what is bound', async () => {
    await host.action('array', 'function main() { return [1, 2] }');
    await host.action('takes', 'function main(p) { return { got: p } }', {}, { parameters: entries({ k: 1 }) });
    await host.sequence('s12', ['array', 'takes']);
    expect((await host.invoke('s12')).json.response.result).to.deep.equal({ got: [1, 2] });
  });
});
