import { parseEnv } from 'node:util';
import { expect } from 'chai';
import { codeIn, rowsOf, textOf } from './support/documents.ts';

describe('docs/settings.md', () => {
  it('lists every setting of .env.example, and no other', () => {
    const settings = rowsOf(textOf('docs/settings.md'))
      .flatMap(([names = '']) => codeIn(names))
      .filter((name) => /^[A-Z_]+$/.test(name));
    expect(settings).to.have.members(Object.keys(parseEnv(textOf('.env.example'))));
  });
});
