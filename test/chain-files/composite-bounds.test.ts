import { expect } from 'chai';
import { checkShape } from '../../src/chain-files/check-shape.ts';

const waitingFor = (count: number) => ({
  chain: 'a',
  reloads: [{ app: 'x', after: { all: Array.from({ length: count }, (_, index) => `y${index}`) } }],
});

describe('a link that waits for several apps', () => {
  it('lists at most 64 of them', () => {
    expect(checkShape('a.yaml', waitingFor(64)).problems).to.deep.equal([]);
    const { problems } = checkShape('a.yaml', waitingFor(65));
    expect(problems.map(({ code, path }) => `${code} ${path.join('.')}`)).to.deep.equal([
      'OUT_OF_BOUNDS reloads.0.after.all',
    ]);
  });
});
