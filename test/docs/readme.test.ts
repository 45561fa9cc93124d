import { expect } from 'chai';
import { textOf } from './support/documents.ts';

const README = textOf('README.md');

describe('README.md', () => {
  it('has the picture and the two commands on its first screen', () => {
    const firstScreen = README.split('\n').slice(0, 24).join('\n');
    expect(firstScreen).to.include('(docs/images/dashboard-now.png)');
    expect(firstScreen).to.match(/^npm ci\nnpm start /m);
    expect(firstScreen).to.match(/^npm ci && npm test /m);
  });

  it('sets Cascade up for a real tenant in at most ten steps', () => {
    const steps = [...README.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(steps).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
