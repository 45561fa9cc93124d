import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SignJWT } from 'jose';
import { type BuiltAction, buildActions } from '../../../build/build-actions.ts';
import { compiledOf } from './support/compiled-of.ts';
import { runBundle } from './support/run-bundle.ts';

const chains = compiledOf({
  chain: 'sales',
  apps: { extract: { id: 'app-1' }, report: { id: 'app-2' } },
  reloads: [{ app: 'report', after: 'extract' }],
});

const API_KEY = 'planted-api-key';
const SECRET = 'planted-secret-of-thirty-two-letters';

const request = (headers: object, rest: object = {}): object => ({
  READ_API_KEY: API_KEY,
  READ_JWT_SECRET: SECRET,
  READ_JWT_JWKS_URL: '',
  __ow_method: 'get',
  __ow_headers: headers,
  __ow_path: '',
  __ow_query: '',
  __ow_body: '',
  ...rest,
});
const withKey = (rest: object): object => request({ 'x-api-key': API_KEY }, rest);

const failure = (statusCode: number, code: string, message: string, headers: object = {}): object => ({
  error: {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'private, no-store', ...headers },
    body: { error: { code, message, traceId: 'act1' } },
  },
});
const UNAUTHORIZED = failure(401, 'UNAUTHORIZED', 'Not authorised.', { 'www-authenticate': 'Bearer' });

describe('The bundle of chains', () => {
  let directory: string;
  let bundle: BuiltAction;

  const built = async (compiled: Parameters<typeof buildActions>[0], name: string): Promise<BuiltAction> => {
    const bundles = await buildActions(compiled, join(directory, name));
    const found = bundles.find((each) => each.name === 'chains');
    if (found === undefined) throw new Error('The build made no chains.');
    return found;
  };
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-chains-'));
    bundle = await built(chains, 'with');
  });
  after(() => rm(directory, { recursive: true }));

  it('answers rows to a reader with the key, by GET and HEAD, with links by the request’s host', async () => {
    const headers = {
      'x-api-key': API_KEY,
      host: 'inner',
      'x-forwarded-host': 'faas.acme.com',
      'x-forwarded-proto': 'https',
    };
    const { results } = await runBundle(bundle.file, [
      request(headers, { __ow_query: 'limit=1' }),
      request(headers, { __ow_query: 'limit=1', __ow_method: 'head' }),
    ]);
    expect(results[0]).to.have.nested.property('body.data[0].nodeId', 'default/app-1');
    expect(results[0]).to.have.nested.property('body.data.length', 1);
    expect(results[0]).to.have.nested.property(
      'body.links.next.href',
      'https://faas.acme.com/api/v1/web/guest/cascade/chains?limit=1&offset=1',
    );
    expect(results[1]).to.deep.equal(results[0]);
  });

  it('answers to a reader with a token', async () => {
    const token = await new SignJWT({ exp: Math.floor(Date.now() / 1_000) + 600 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET));
    const { results } = await runBundle(bundle.file, [
      request({ authorization: `Bearer ${token}` }, { __ow_path: '/tree' }),
      request({ authorization: `Bearer ${token}`, host: '"><script>' }, { __ow_path: '/rows.csv' }),
    ]);
    expect(results[0]).to.have.nested.property('body.data[1].treeKey', 'sales/extract > sales/report');
    expect(results[0]).to.have.nested.property(
      'body.links.self.href',
      'http://127.0.0.1:3233/api/v1/web/guest/cascade/chains/tree',
    );
    expect(results[1]).to.have.nested.property('headers.content-type', 'text/csv; charset=utf-8');
  });

  // Through `.json` and `.text` a web action's failure is served whole with 200 (facts ow-suffixes-02, -05): what is
  // compared here is all that any suffix can show.
  it('answers the same 401 to every reader that may not read, and tells the log alone why', async () => {
    const { results, log } = await runBundle(bundle.file, [
      request({}),
      request({ 'x-api-key': 'wrong-key' }),
      request({ 'x-api-key': '' }),
      request({ 'x-api-key': SECRET }),
      request({ authorization: `Bearer ${API_KEY}` }),
      request({ authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.' }),
      request({ authorization: `Basic ${API_KEY}` }),
      request({ 'x-api-key': 'wrong-key' }, { __ow_path: '/nowhere' }),
      request({}, { __ow_query: `READ_API_KEY=x&x-api-key=${API_KEY}&limit=0` }),
    ]);
    expect(results).to.have.length(9);
    for (const result of results) expect(result).to.deep.equal(UNAUTHORIZED);
    expect(log).to.contain('the x-api-key header is not READ_API_KEY');
    expect(log).to.contain('ERR_JOSE_ALG_NOT_ALLOWED');
    for (const secret of [API_KEY, SECRET, 'wrong-key', 'eyJ']) expect(log).not.to.contain(secret);
  });

  it('answers other methods 405, unknown paths 404 and bad parameters 400', async () => {
    const { results } = await runBundle(bundle.file, [
      withKey({ __ow_method: 'post', __ow_body: 'eyJ4IjoxfQ==' }),
      withKey({ __ow_method: 'delete' }),
      withKey({ __ow_path: '/nowhere' }),
      withKey({ __ow_query: 'limit=0' }),
    ]);
    const notAllowed = failure(405, 'METHOD_NOT_ALLOWED', 'The chains can only be read: call it with GET or HEAD.', {
      allow: 'GET, HEAD',
    });
    expect(results).to.deep.equal([
      notAllowed,
      notAllowed,
      failure(
        404,
        'NOT_FOUND',
        'There is nothing at this path. There is chains, chains/rows.csv, chains/tree, chains/runs and chains/runs.csv.',
      ),
      failure(400, 'PARAMETERS_INVALID', 'The parameter "limit" is "0"; it has to be a whole number from 1 to 1000.'),
    ]);
  });

  it('is closed, not open, when its settings are empty', async () => {
    const { results } = await runBundle(bundle.file, [
      request({ 'x-api-key': '' }, { READ_API_KEY: '', READ_JWT_SECRET: '' }),
    ]);
    expect(results[0]).to.have.nested.property('error.statusCode', 500);
    expect(results[0]).to.have.nested.property('error.body.error.code', 'SETTINGS_INVALID');
  });
});
