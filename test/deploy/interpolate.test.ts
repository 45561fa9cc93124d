// biome-ignore-all lint/suspicious/noTemplateCurlyInString: so a manifest writes a variable
import { expect } from 'chai';
import { interpolate, variablesOf } from '../../src/deploy/interpolate.ts';

describe('a value of the manifest', () => {
  const env = { KEY: 'a$b${KEY}', HOST: 'h' };
  const cases: readonly [string, string, string][] = [
    ['is taken as it is without a variable', 'plain', 'plain'],
    ['is filled from a variable', '${HOST}', 'h'],
    ['is filled in the middle, and more than once', 'https://${HOST}/${HOST}', 'https://h/h'],
    ['is empty where the variable is not set', '${NOT_SET}', ''],
    ['keeps every character that the variable holds', '${KEY}', 'a$b${KEY}'],
  ];
  for (const [title, template, filled] of cases) {
    it(title, () => expect(interpolate(template, env)).to.equal(filled));
  }

  for (const template of ['$HOST', '$${HOST}', 'pa$$word', '${HOST', '${1}']) {
    it(`is refused as ${template}, whose meaning in wskdeploy surprises`, () =>
      expect(() => interpolate(template, env)).to.throw('write every variable as ${NAME}'));
  }

  it('names its variables', () => expect(variablesOf('${A}-${B_2}')).to.deep.equal(['A', 'B_2']));
});
