import { expect } from 'chai';
import { json } from '../../clients/support/scripted-server.ts';
import { captureLog } from '../../support/capture-log.ts';
import { useDeployed } from '../support/use-deployed.ts';

describe('the meter as it is deployed', () => {
  const deployed = useDeployed();

  async function metered(environment: Readonly<Record<string, string>>) {
    const { couch, settings } = await deployed.ledger();
    // A deployed action reads the machine's clock, and its first run counts the last ten minutes.
    const start = Date.now();
    const ran = (activationId: string, path: string) => ({
      ...{ activationId, name: 'reload', start, end: start + 10, duration: 10, statusCode: 0 },
      annotations: [{ key: 'path', value: path }],
    });
    const page = [ran('a1', 'guest/cascade/reload'), ran('a2', 'guest/other/reload')];
    const host = await deployed.tenant(json(200, page), json(200, []));
    const all = {
      __OW_ACTIVATION_ID: 'act1',
      __OW_ACTION_NAME: '/guest/cascade/meter',
      __OW_API_HOST: host.url,
      __OW_DEADLINE: String(start + 60_000),
      ...environment,
    };
    const { result } = await captureLog(all, () => deployed.load('meter')(settings));
    return { couch, received: host.received, result };
  }

  it('counts the activations of its own package, which it may list by its API key', async () => {
    const { couch, received, result } = await metered({ __OW_API_KEY: 'user:secret' });
    expect(result).to.deep.equal({ counted: 1, isUpToDate: true });
    expect((await couch.get('stat:reload'))?.['invocations']).to.include({ success: 1 });
    // The Base64 of user:secret.
    expect(received[0]?.headers).to.include({ authorization: 'Basic dXNlcjpzZWNyZXQ=' });
  });

  it('says how it gets an API key, if it has none', async () => {
    const { received, result } = await metered({});
    expect(result).to.deep.equal({
      error: {
        code: 'SETTINGS_INVALID',
        message:
          'The meter has no API key: deploy it with the annotation provide-api-key set to true, as manifest.yaml does.',
        traceId: 'act1',
      },
    });
    expect(received).to.deep.equal([]);
  });
});
