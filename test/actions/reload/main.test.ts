import { expect } from 'chai';
import { type Answerer, json, type ScriptedServer } from '../../clients/support/scripted-server.ts';
import { captureLog } from '../../support/capture-log.ts';
import { APP, useDeployed } from '../support/use-deployed.ts';

describe('reload as it is deployed', () => {
  const deployed = useDeployed();
  let server: ScriptedServer | undefined;

  async function tenantWith(...answers: readonly Answerer[]) {
    server = await deployed.tenant(...answers);
    return { QLIK_TENANT_URL: server.url, QLIK_API_KEY: 'key-1', QLIK_TENANT_URL_or_QLIK_TENANTS: server.url };
  }

  const environment = () => ({ __OW_ACTIVATION_ID: 'act1', __OW_DEADLINE: String(Date.now() + 110_000) });
  const run = async (params: object, main = deployed.load('reload')) =>
    (await captureLog(environment(), () => main(params))).result;

  it('starts a reload by hand and answers with order, reload id and Qlik’s word', async () => {
    const settings = await tenantWith(json(201, { id: '6a84', status: 'QUEUED' }));
    expect(await run({ ...settings, QLIK_CLIENT_ID: '', app: 'extract', partial: true })).to.deep.equal({
      order: `order:default:${APP}:s:m.act1`,
      reloadId: '6a84',
      status: 'QUEUED',
    });
    expect(server?.received.map(({ body }) => JSON.parse(body))).to.deep.equal([
      { appId: APP, partial: true, resourceType: 'api', resourceId: `order:default:${APP}:s:m.act1~1` },
    ]);
  });

  it('starts what the invoker orders, body and all', async () => {
    const settings = await tenantWith(json(201, { id: '6a84', status: 'QUEUED' }));
    const order = {
      order: `order:default:${APP}:s:r0`,
      tenant: 'default',
      appId: APP,
      body: { weight: 5, variables: { a: 'b' } },
      chain: 'sales',
    };
    expect(await run({ ...settings, request: { traceId: 't1', order } })).to.deep.equal({
      order: `order:default:${APP}:s:r0`,
      reloadId: '6a84',
      status: 'QUEUED',
    });
    expect(JSON.parse(server?.received[0]?.body ?? '')).to.deep.equal({
      appId: APP,
      weight: 5,
      variables: { a: 'b' },
      resourceType: 'api',
      resourceId: `order:default:${APP}:s:r0~1`,
    });
  });

  it('answers a refusal of Qlik as data', async () => {
    const settings = await tenantWith(json(403, { errors: [{ code: 'RELOADS-003', title: 'Forbidden.' }] }));
    expect(await run({ ...settings, app: APP })).to.deep.equal({
      error: {
        code: 'QLIK_REFUSED',
        message: 'Qlik answered 403: RELOADS-003 · Forbidden.',
        order: `order:default:${APP}:s:m.act1`,
        kind: 'permanent',
      },
    });
  });

  it('keeps its OAuth token while its container lives', async () => {
    const queued = json(201, { id: '6a84' });
    const { QLIK_TENANT_URL } = await tenantWith(json(200, { access_token: 't1', expires_in: 21_600 }), queued, queued);
    const params = { QLIK_TENANT_URL, QLIK_CLIENT_ID: 'c', QLIK_CLIENT_SECRET: 's', app: APP };
    const main = deployed.load('reload');
    await run(params, main);
    await run(params, main);
    expect(server?.received.map(({ call }) => call)).to.deep.equal([
      'POST /oauth/token',
      'POST /api/v1/reloads',
      'POST /api/v1/reloads',
    ]);
  });

  it('takes new settings at once, though its container lives', async () => {
    const settings = await tenantWith(json(201, { id: '1' }), json(201, { id: '2' }));
    const main = deployed.load('reload');
    await run({ ...settings, app: APP }, main);
    await run({ ...settings, QLIK_API_KEY: 'key-2', app: APP }, main);
    expect(server?.received.map(({ headers }) => headers.authorization)).to.deep.equal([
      'Bearer key-1',
      'Bearer key-2',
    ]);
  });

  const refused: readonly (readonly [what: string, params: object, code: string, message: RegExp])[] = [
    ['nothing', {}, 'PARAMETERS_INVALID', /must have required property 'app'/],
    ['a parameter it does not take', { app: APP, weigth: 5 }, 'PARAMETERS_INVALID', /unknown key "weigth"/],
    ['a reload without any settings', { app: APP }, 'SETTINGS_INVALID', /QLIK_TENANT_URL is missing/],
    [
      'a tenant that its settings do not know',
      { app: APP, tenant: 'acme-eu', QLIK_TENANT_URL: 'https://a.eu.qlikcloud.com', QLIK_API_KEY: 'k' },
      'SETTINGS_INVALID',
      /The tenant "acme-eu" is not in the settings, which have default\./,
    ],
    ['a request of another build', { request: { order: {} } }, 'PARAMETERS_INVALID', /The parameter "request" /],
  ];
  for (const [what, params, code, message] of refused) {
    it(`refuses ${what}, with code, message and trace id`, async () => {
      const { error } = (await run(params)) as { error: { code: string; message: string; traceId: string } };
      expect(Object.keys(error)).to.deep.equal(['code', 'message', 'traceId']);
      expect([error.code, error.traceId]).to.deep.equal([code, 'act1']);
      expect(error.message).to.match(message);
    });
  }
});
