import { expect } from 'chai';
import { openWhiskActivations } from '../../../src/clients/openwhisk/openwhisk-activations.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const RANGE = { since: 1_795_316_220_000 as EpochMs, upto: 1_795_316_281_000 as EpochMs, skip: 200 };
/** As the host lists it (facts ow-activations-02 and 08). */
const ENTRY = {
  activationId: 'a743612c5922392eaf0cd9f4a743612c',
  annotations: [
    { key: 'path', value: 'guest/cascade/reload' },
    { key: 'waitTime', value: 12 },
    { key: 'initTime', value: 87 },
  ],
  ...{ duration: 1_234, end: 1_795_316_222_234, start: 1_795_316_221_000, name: 'reload', namespace: 'guest' },
  ...{ publish: false, statusCode: 1, version: '0.0.3' },
};

describe('OpenWhisk’s list of activations', () => {
  let server: ScriptedServer;
  afterEach(() => server.close());
  const pageOf = async (answer: Answerer) => {
    server = await startScriptedServer(answer);
    return openWhiskActivations({ apiHost: server.url, apiKey: 'u:sesame', timeout: 200 as DurationMs }).page(RANGE);
  };
  const failure = (answer: Answerer) => pageOf(answer).catch(({ code, message }) => ({ code, message }));

  it('is asked for by start, in pages as large as the host allows, with the key in its header', async () => {
    await pageOf(json(200, []));
    const [asked] = server.received;
    expect(asked?.call).to.equal(
      'GET /api/v1/namespaces/_/activations?limit=0&skip=200&since=1795316220000&upto=1795316281000',
    );
    expect(asked?.headers['authorization']).to.equal('Basic dTpzZXNhbWU=');
  });

  it('has path, status, duration and the time of a cold start', async () => {
    const trigger = { activationId: 't', annotations: [], start: 5, statusCode: 0, name: 'tick' };
    expect(await pageOf(json(200, [ENTRY, trigger, 'nonsense', { start: 1 }]))).to.deep.equal([
      {
        ...{ activationId: 'a743612c5922392eaf0cd9f4a743612c', path: 'guest/cascade/reload', start: 1_795_316_221_000 },
        ...{ statusCode: 1, durationMs: 1_234, initMs: 87 },
      },
      { activationId: 't', start: 5, statusCode: 0, durationMs: 0 },
    ]);
  });

  it('may be refused', async () => {
    expect(await failure(json(400, { code: 'x', error: 'The query parameter is malformed.' }))).to.deep.equal({
      code: 'OPENWHISK_REFUSED',
      message: 'OpenWhisk answered 400 to the list of activations: The query parameter is malformed.',
    });
  });

  it('may not come', async () => {
    expect(await failure(json(503, {}))).to.deep.equal({
      code: 'OPENWHISK_UNREACHABLE',
      message: 'OpenWhisk answered 503 to the list of activations. Try again later.',
    });
  });

  it('has to be a list', async () => {
    expect(await failure(json(200, { not: 'a list' }))).to.include({ code: 'OPENWHISK_REFUSED' });
  });
});
