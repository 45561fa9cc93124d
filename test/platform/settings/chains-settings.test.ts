import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { parseChainsSettings } from '../../../src/platform/settings/chains-settings.ts';

const issuerAndAudience = { READ_JWT_ISSUER: 'https://login.acme.example/', READ_JWT_AUDIENCE: 'cascade' };
const withKeySet = (url: string) => parseChainsSettings({ READ_JWT_JWKS_URL: url, ...issuerAndAudience });

describe('The address of a key set', () => {
  for (const url of ['https://login.acme.example/jwks.json', 'http://127.0.0.1:8080/jwks.json']) {
    it(`may be ${url}`, () => {
      expect(withKeySet(url).readers).to.deep.equal([
        { kind: 'jwks', url, issuer: 'https://login.acme.example/', audience: 'cascade' },
      ]);
    });
  }

  const bad = [
    ['login.acme.example', 'is not a URL'],
    ['http://login.acme.example/jwks.json', 'has to be https'],
    ['https://user:pass@login.acme.example/jwks.json', 'must not carry a user or password'],
  ] as const;
  for (const [url, problem] of bad) {
    it(`may not be ${url}: whoever answers there decides who may read`, () => {
      expect(() => withKeySet(url)).to.throw(CascadeError, `The setting READ_JWT_JWKS_URL ${problem}`);
    });
  }
});
