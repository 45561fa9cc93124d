import { expect } from 'chai';
import { openWhiskLogs } from '../../../src/clients/openwhisk/openwhisk-logs.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const ID = 'a743612c5922392eaf0cd9f4a743612c';

describe('OpenWhisk’s activation and its log', () => {
  let server: ScriptedServer;
  const servers: ScriptedServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((each) => each.close())));
  const portFor = async (answer: Answerer) => {
    server = await startScriptedServer(answer);
    servers.push(server);
    return openWhiskLogs({ apiHost: server.url, apiKey: 'u:sesame', timeout: 200 as DurationMs });
  };
  const failure = async (answer: Answerer) =>
    (await portFor(answer)).logs(ID).catch(({ code, message }) => ({ code, message }));

  it('has the lines', async () => {
    const port = await portFor(json(200, { logs: ['one', 'two', 3] }));
    expect(await port.logs(ID)).to.deep.equal(['one', 'two']);
    expect(server.received[0]?.call).to.equal(`GET /api/v1/namespaces/_/activations/${ID}/logs`);
    expect(server.received[0]?.headers['authorization']).to.equal('Basic dTpzZXNhbWU=');
  });

  it('may be gone', async () => {
    expect(await (await portFor(json(404, { error: 'not found' }))).logs(ID)).to.equal(undefined);
    expect(await (await portFor(json(404, { error: 'not found' }))).activation(ID)).to.equal(undefined);
  });

  it('may be a sequence, whose log has the ids of its parts', async () => {
    const record = {
      ...{ activationId: ID, start: 5, end: 6, duration: 1, name: 'webhook', logs: ['part1', 'part2'] },
      annotations: [
        { key: 'kind', value: 'sequence' },
        { key: 'path', value: 'guest/cascade/webhook' },
      ],
    };
    expect(await (await portFor(json(200, record))).activation(ID)).to.deep.equal({
      ...{ activationId: ID, start: 5, path: 'guest/cascade/webhook', isSequence: true, logs: ['part1', 'part2'] },
    });
    expect(server.received[0]?.call).to.equal(`GET /api/v1/namespaces/_/activations/${ID}`);
    const trigger = { activationId: ID, start: 5, annotations: [], logs: [] };
    expect(await (await portFor(json(200, trigger))).activation(ID)).to.deep.equal({
      ...{ activationId: ID, start: 5, isSequence: false, logs: [] },
    });
  });

  it('may not come, now or at all', async () => {
    expect(await failure(json(429, { error: 'Too many requests.' }))).to.deep.equal({
      code: 'OPENWHISK_UNREACHABLE',
      message: `OpenWhisk answered 429 to the log of the activation ${ID}. Try again later.`,
    });
    expect(await failure(json(401, { error: 'The supplied authentication is invalid.' }))).to.deep.equal({
      code: 'OPENWHISK_REFUSED',
      message: `OpenWhisk answered 401 to the log of the activation ${ID}: The supplied authentication is invalid.`,
    });
    expect(await failure(json(200, { logs: 'none' }))).to.include({ code: 'OPENWHISK_REFUSED' });
    expect(await failure(() => {})).to.deep.equal({
      code: 'OPENWHISK_UNREACHABLE',
      message: `OpenWhisk gave no answer within 200 ms to the log of the activation ${ID}. Try again later.`,
    });
  });

  it('may be too large to read', async () => {
    const tooLarge: Answerer = (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4194305' });
      response.write('{');
    };
    expect(await failure(tooLarge)).to.deep.equal({
      code: 'OPENWHISK_REFUSED',
      message: `OpenWhisk’s answer to the log of the activation ${ID} has more than 4194304 bytes`,
    });
  });
});
