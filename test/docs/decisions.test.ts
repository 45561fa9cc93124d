import { expect } from 'chai';
import { rowsOf, sectionOf, textOf } from './support/documents.ts';

const section = sectionOf('docs/decisions.md', '## What Cascade is made with');

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Package;

describe('docs/decisions.md', () => {
  it('says of each package that runs what it is for, and of none that is gone', () => {
    const told = rowsOf(section)
      .flatMap(([names = '']) => names.split(', '))
      .filter((name) => name !== 'package');
    expect(told).to.have.members(Object.keys(dependencies));
  });

  it('names each package that only developers need', () => {
    for (const name of Object.keys(devDependencies)) {
      if (!name.startsWith('@types/')) expect(section).to.include(name);
    }
  });
});
