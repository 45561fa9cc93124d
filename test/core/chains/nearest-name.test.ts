import { expect } from 'chai';
import { nearestName } from '../../../src/core/chains/nearest-name.ts';

describe('the name that somebody probably meant', () => {
  for (const { text, candidates, near } of [
    { text: 'extrct', candidates: ['report', 'extract'], near: 'extract' },
    { text: 'Extract', candidates: ['extract'], near: 'extract' },
    { text: 'exrtact', candidates: ['extras', 'extract'], near: 'extract' },
    { text: 'on', candidates: ['no'], near: 'no' },
    { text: 'x', candidates: ['y'], near: 'y' },
    { text: 'dashboard', candidates: ['report', 'extract'], near: undefined },
    { text: 'abc', candidates: [], near: undefined },
    { text: 'abd', candidates: ['abc', 'abe'], near: 'abc' },
  ]) {
    it(`is ${near} for ${text} among [${candidates}]`, () => expect(nearestName(text, candidates)).to.equal(near));
  }
});
