import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { EpochMs } from '../../../src/core/units.ts';
import { authenticateReader } from '../../../src/platform/readers/authenticate-reader.ts';
import type { ReaderCredential } from '../../../src/platform/settings/chains-settings.ts';
import { type KeySetServer, startKeySetServer } from './key-set-server.ts';

const NOW = Date.parse('2026-11-21T07:00:00Z') as EpochMs;
const NOW_S = NOW / 1_000;
const SECRET = 'a secret of at least thirty-two letters';
const ISSUER = 'https://login.acme.example/';
const AUDIENCE = 'cascade';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface TokenParts {
  readonly alg?: string;
  readonly key?: KeyObject | Uint8Array;
  readonly kid?: string;
  readonly claims?: object;
}

const GOOD_CLAIMS = { iss: ISSUER, aud: AUDIENCE, exp: NOW_S + 60, sub: 'qlik' };

const tokenOf = ({ alg = 'RS256', key = rsa.privateKey, kid = 'rsa', claims = {} }: TokenParts): Promise<string> =>
  new SignJWT({ ...GOOD_CLAIMS, ...claims }).setProtectedHeader({ alg, kid }).sign(key);

describe('A reader', () => {
  let server: KeySetServer;
  let jwks: ReaderCredential;
  const apiKey: ReaderCredential = { kind: 'api-key', apiKey: 'read-me' };
  const secret: ReaderCredential = { kind: 'jwt-secret', secret: SECRET };

  before(async () => {
    server = await startKeySetServer([
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' },
      { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec', alg: 'ES256', use: 'sig' },
    ]);
    jwks = { kind: 'jwks', url: server.url, issuer: ISSUER, audience: AUDIENCE };
  });
  after(() => server.close());

  const bearing = async (token: string | Promise<string>, readers: readonly ReaderCredential[]) =>
    authenticateReader({ authorization: `Bearer ${await token}` }, readers, NOW);
  const whyRefused = async (token: string | Promise<string>, readers: readonly ReaderCredential[]) => {
    const verdict = await bearing(token, readers);
    return verdict.kind === 'refused' ? verdict.why : 'it was allowed';
  };

  describe('with an API key', () => {
    it('may read', async () => {
      expect(await authenticateReader({ apiKey: 'read-me' }, [secret, apiKey], NOW)).to.deep.equal({ kind: 'allowed' });
    });

    it('may read by it, whatever its authorization header says', async () => {
      const proof = { apiKey: 'read-me', authorization: 'Basic eDp5' };
      expect(await authenticateReader(proof, [apiKey], NOW)).to.deep.equal({ kind: 'allowed' });
    });

    for (const wrong of ['', 'read-m', 'read-me2', 'READ-ME']) {
      it(`may not read by ${JSON.stringify(wrong)}`, async () => {
        expect(await authenticateReader({ apiKey: wrong }, [apiKey], NOW)).to.deep.equal({
          kind: 'refused',
          why: 'the x-api-key header is not READ_API_KEY',
        });
      });
    }

    it('may not read where there is no READ_API_KEY, nor by the secret of tokens', async () => {
      expect((await authenticateReader({ apiKey: SECRET }, [secret], NOW)).kind).to.equal('refused');
      expect((await authenticateReader({ apiKey: '' }, [secret], NOW)).kind).to.equal('refused');
    });
  });

  it('without any proof may not read', async () => {
    const verdict = await authenticateReader({}, [apiKey, secret, jwks], NOW);
    expect(verdict).to.deep.equal({ kind: 'refused', why: 'there is neither an x-api-key header nor a bearer token' });
  });

  it('with another scheme may not read', async () => {
    const verdict = await authenticateReader({ authorization: 'Basic cmVhZC1tZQ==' }, [apiKey], NOW);
    expect(verdict).to.deep.equal({ kind: 'refused', why: 'the authorization header is not a bearer token' });
  });

  it('with a token may not read where only an API key is set', async () => {
    const why = await whyRefused(tokenOf({ alg: 'HS256', key: bytes('read-me') }), [apiKey]);
    expect(why).to.equal('there is a bearer token, but neither READ_JWT_SECRET nor READ_JWT_JWKS_URL is set');
  });

  describe('with a token', () => {
    const allowed: readonly [string, () => Promise<string>, () => readonly ReaderCredential[]][] = [
      ['HS256 by the secret', () => tokenOf({ alg: 'HS256', key: bytes(SECRET) }), () => [secret]],
      [
        'HS256 by the secret, also beside a key set',
        () => tokenOf({ alg: 'HS256', key: bytes(SECRET) }),
        () => [apiKey, jwks, secret],
      ],
      ['RS256 by the key set', () => tokenOf({}), () => [jwks]],
      ['RS256 by the key set, also beside a secret', () => tokenOf({}), () => [secret, jwks]],
      ['ES256 by the key set', () => tokenOf({ alg: 'ES256', key: ec.privateKey, kid: 'ec' }), () => [jwks]],
      ['with our audience among others', () => tokenOf({ claims: { aud: ['other', AUDIENCE] } }), () => [jwks]],
    ];
    for (const [title, token, readers] of allowed) {
      it(`${title} may read`, async () => {
        expect(await bearing(token(), readers())).to.deep.equal({ kind: 'allowed' });
      });
    }

    it('may read with the scheme in other letters, since schemes have no case', async () => {
      const authorization = `bearer ${await tokenOf({})}`;
      expect(await authenticateReader({ authorization }, [jwks], NOW)).to.deep.equal({ kind: 'allowed' });
    });

    it('is not asked for by a new call to the key set each time', async () => {
      await bearing(tokenOf({}), [jwks]);
      await bearing(tokenOf({}), [jwks]);
      expect(server.requests()).to.equal(1);
    });

    it('by the secret needs the issuer and the audience only where they are set', async () => {
      const token = await tokenOf({ alg: 'HS256', key: bytes(SECRET), claims: { iss: undefined, aud: undefined } });
      expect(await bearing(token, [secret])).to.deep.equal({ kind: 'allowed' });
      const strict: ReaderCredential = { kind: 'jwt-secret', secret: SECRET, issuer: ISSUER, audience: AUDIENCE };
      expect(await whyRefused(token, [strict])).to.match(
        /^the bearer token is not accepted by READ_JWT_SECRET: ERR_JWT/,
      );
      expect(await bearing(tokenOf({ alg: 'HS256', key: bytes(SECRET) }), [strict])).to.deep.equal({ kind: 'allowed' });
    });

    for (const [claim, other] of [
      ['iss', 'https://evil.example/'],
      ['aud', 'other'],
    ] as const) {
      it(`by the secret may not read with another ${claim} than the one that is set`, async () => {
        const set = claim === 'iss' ? { issuer: ISSUER } : { audience: AUDIENCE };
        const token = tokenOf({ alg: 'HS256', key: bytes(SECRET), claims: { [claim]: other } });
        expect(await whyRefused(token, [{ kind: 'jwt-secret', secret: SECRET, ...set }])).to.equal(
          `the bearer token is not accepted by READ_JWT_SECRET: ERR_JWT_CLAIM_VALIDATION_FAILED (${claim})`,
        );
      });
    }

    const hs256 = (claims: object, key = bytes(SECRET)): Promise<string> => tokenOf({ alg: 'HS256', key, claims });
    const publicPem = (): Uint8Array => bytes(rsa.publicKey.export({ format: 'pem', type: 'spki' }).toString());
    const refused: readonly [string, () => string | Promise<string>, () => readonly ReaderCredential[], string][] = [
      [
        'that expired this second (secret)',
        () => hs256({ exp: NOW_S }),
        () => [secret],
        'READ_JWT_SECRET: ERR_JWT_EXPIRED (exp)',
      ],
      [
        'that expired this second (key set)',
        () => tokenOf({ claims: { exp: NOW_S } }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JWT_EXPIRED (exp)',
      ],
      [
        'that never expires (secret)',
        () => hs256({ exp: undefined }),
        () => [secret],
        'READ_JWT_SECRET: ERR_JWT_CLAIM_VALIDATION_FAILED (exp)',
      ],
      [
        'that never expires (key set)',
        () => tokenOf({ claims: { exp: undefined } }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JWT_CLAIM_VALIDATION_FAILED (exp)',
      ],
      [
        'that is not valid yet',
        () => hs256({ nbf: NOW_S + 60 }),
        () => [secret],
        'READ_JWT_SECRET: ERR_JWT_CLAIM_VALIDATION_FAILED (nbf)',
      ],
      [
        'of another issuer',
        () => tokenOf({ claims: { iss: 'https://evil.example/' } }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JWT_CLAIM_VALIDATION_FAILED (iss)',
      ],
      [
        'of no issuer',
        () => tokenOf({ claims: { iss: undefined } }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JWT_CLAIM_VALIDATION_FAILED (iss)',
      ],
      [
        'for another audience',
        () => tokenOf({ claims: { aud: 'other' } }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JWT_CLAIM_VALIDATION_FAILED (aud)',
      ],
      [
        'for no audience',
        () => tokenOf({ claims: { aud: undefined } }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JWT_CLAIM_VALIDATION_FAILED (aud)',
      ],
      [
        'by another secret',
        () => hs256({}, bytes('another secret of thirty-two letters')),
        () => [secret],
        'READ_JWT_SECRET: ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      ],
      [
        'by another private key under a known key id',
        () => tokenOf({ key: otherRsa.privateKey }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
      ],
      [
        'of a key that the set does not have',
        () => tokenOf({ kid: 'unknown' }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JWKS_NO_MATCHING_KEY',
      ],
      [
        'of algorithm none (secret)',
        () => new UnsecuredJWT(GOOD_CLAIMS).encode(),
        () => [secret],
        'READ_JWT_SECRET: ERR_JOSE_ALG_NOT_ALLOWED',
      ],
      [
        'of algorithm none (key set)',
        () => new UnsecuredJWT(GOOD_CLAIMS).encode(),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JOSE_ALG_NOT_ALLOWED',
      ],
      [
        'of algorithm none, with a signature',
        async () => noneWithSignature(await tokenOf({})),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JOSE_ALG_NOT_ALLOWED',
      ],
      [
        'HS256 by the public key’s text',
        () => hs256({}, publicPem()),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JOSE_ALG_NOT_ALLOWED',
      ],
      [
        'HS512 by the right secret',
        () => tokenOf({ alg: 'HS512', key: bytes(SECRET.repeat(2)) }),
        () => [{ kind: 'jwt-secret', secret: SECRET.repeat(2) }],
        'READ_JWT_SECRET: ERR_JOSE_ALG_NOT_ALLOWED',
      ],
      [
        'PS256 by the right key',
        () => tokenOf({ alg: 'PS256' }),
        () => [jwks],
        'READ_JWT_JWKS_URL: ERR_JOSE_ALG_NOT_ALLOWED',
      ],
      [
        'RS256 where only a secret is set',
        () => tokenOf({}),
        () => [secret],
        'READ_JWT_SECRET: ERR_JOSE_ALG_NOT_ALLOWED',
      ],
      ['that is no JWT', () => 'abc', () => [secret], 'READ_JWT_SECRET: ERR_JWS_INVALID'],
      ['that is three dots', () => '..', () => [jwks], 'READ_JWT_JWKS_URL: ERR_JWS_INVALID'],
    ];
    for (const [title, token, readers, why] of refused) {
      it(`${title} may not read`, async () => {
        expect(await whyRefused(token(), readers())).to.equal(`the bearer token is not accepted by ${why}`);
      });
    }

    it('may not read when the key set’s server answers 500, is not there, or has no keys', async () => {
      const broken = await startKeySetServer([], 500);
      const gone = await startKeySetServer([]);
      await gone.close();
      const empty = await startKeySetServer([]);
      const at = (url: string): ReaderCredential => ({ kind: 'jwks', url, issuer: ISSUER, audience: AUDIENCE });
      const by = 'the bearer token is not accepted by READ_JWT_JWKS_URL: ';
      expect(await whyRefused(tokenOf({}), [at(broken.url)])).to.equal(`${by}ERR_JOSE_GENERIC`);
      expect(await whyRefused(tokenOf({}), [at(gone.url)])).to.equal(`${by}ECONNREFUSED`);
      expect(await whyRefused(tokenOf({}), [at(empty.url)])).to.equal(`${by}ERR_JWKS_NO_MATCHING_KEY`);
      await broken.close();
      await empty.close();
    });

    it('may not read by a key set of more than 256 KiB, though its key is in it', async () => {
      const key = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' };
      const whyWithPadding = async (kibibytes: number): Promise<string> => {
        const padded = await startKeySetServer([key, { kty: 'oct', k: 'A'.repeat(kibibytes * 1024) }]);
        const credential = { kind: 'jwks', url: padded.url, issuer: ISSUER, audience: AUDIENCE } as const;
        return await whyRefused(tokenOf({}), [credential]).finally(padded.close);
      };
      expect(await whyWithPadding(255)).to.equal('it was allowed');
      expect(await whyWithPadding(256)).to.equal(
        'the bearer token is not accepted by READ_JWT_JWKS_URL: ERR_JOSE_GENERIC',
      );
    });
  });
});

/** The same claims and signature under a header that says `none`. */
function noneWithSignature(token: string): string {
  const [, claims, signature] = token.split('.');
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.${signature}`;
}
