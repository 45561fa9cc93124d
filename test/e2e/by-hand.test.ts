import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type DeployedCascade, deployCascade } from '../support/deployed-cascade.ts';
import { requireTool } from '../support/require-tool.ts';

const REPORT = '11111111-0000-4000-8000-000000000001';
const ALONE = '55555555-0000-4000-8000-000000000005';
const CHAIN = `
chain: finance
apps:
  report: { id: ${REPORT} }
  repair: { id: 22222222-0000-4000-8000-000000000002 }
reloads:
  - app: repair
    after: { app: report, on: failed }
`;

interface Invoked {
  readonly code: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read into whatever wsk prints
  readonly json: any;
}

describe('wsk action invoke cascade/reload', () => {
  let cascade: DeployedCascade;
  let wsk = '';
  before(async function () {
    wsk = requireTool(this, 'wsk');
    cascade = await deployCascade({ chains: { 'finance.yaml': CHAIN } });
    await cascade.tenantCall('POST', '/_sim/apps', [
      { id: REPORT, name: 'Report', spaceId: 'space', durationMs: 50 },
      { id: ALONE, name: 'Alone', spaceId: 'space' },
    ]);
  });
  after(() => cascade?.close());

  const invoke = async (...params: readonly string[]): Promise<Invoked> => {
    const { url, auth } = cascade.host;
    const args = ['--apihost', url, '--auth', auth, 'action', 'invoke', 'cascade/reload', '--result', ...params];
    // wsk prints a failed activation's result to standard error.
    const { code, text } = await promisify(execFile)(wsk, args, { env: { HOME: cascade.folder } }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, text: stderr }),
    );
    return { code, json: JSON.parse(text.slice(text.indexOf('{'))) };
  };

  for (const app of [REPORT, 'report', 'finance/report']) {
    it(`starts a reload of ${app}, and answers order, reloadId and Qlik’s status`, async () => {
      await cascade.until('no reload is pending', async () => {
        const { json } = await cascade.tenantCall('GET', `/api/v1/reloads?appId=${REPORT}`);
        return json.data.every(({ status }: { status: string }) => status === 'SUCCEEDED');
      });
      const { code, json } = await invoke('-p', 'app', app);
      expect(code).to.equal(0);
      expect(json).to.have.all.keys('order', 'reloadId', 'status');
      expect(json.order).to.match(new RegExp(`^order:default:${REPORT}:s:m\\.[0-9a-f]{32}$`));
      expect(json.status).to.equal('QUEUED');
      const { json: record } = await cascade.tenantCall('GET', `/api/v1/reloads/${json.reloadId}`);
      expect(record).to.deep.include({ appId: REPORT, resourceType: 'api', resourceId: `${json.order}~1` });
    });
  }

  it('passes partial, variables and weight on, also for an app that no chain names', async () => {
    const { json } = await invoke(
      ...['-p', 'app', ALONE, '-p', 'partial', 'true', '-p', 'weight', '7', '-p', 'variables', '{"vDays":"90"}'],
    );
    const { json: record } = await cascade.tenantCall('GET', `/api/v1/reloads/${json.reloadId}`);
    expect(record).to.include({ appId: ALONE, partial: true, weight: 7 });
  });

  for (const [name, value] of [
    ['QLIK_TENANT_URL', 'http://127.0.0.1:9'],
    ['QLIK_API_KEY', 'another-key'],
    ['LOG_LEVEL', 'debug'],
  ] as const) {
    it(`takes no other ${name}: the bound settings are final`, async () => {
      const { url, auth } = cascade.host;
      const response = await fetch(`${url}/api/v1/namespaces/_/actions/cascade/reload?blocking=true`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(auth)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ app: ALONE, [name]: value }),
      });
      expect(response.status).to.equal(400);
      expect(await response.text()).to.include('Request defines parameters that are not allowed');
    });
  }

  const refused: readonly (readonly [params: readonly string[], code: string, says: RegExp])[] = [
    [['-p', 'app', 'raport'], 'PARAMETERS_INVALID', /No chain has an app "raport".*Did you mean "report"/],
    [[], 'PARAMETERS_INVALID', /"?app"?/],
    [['-p', 'app', REPORT, '-p', 'wait', 'true'], 'PARAMETERS_INVALID', /unknown key "wait".*app, tenant, partial/],
    [
      ['-p', 'app', REPORT, '-p', 'LOG_LEVEL_or_LOG_LEVEL', 'x'],
      'PARAMETERS_INVALID',
      /unknown key "LOG_LEVEL_or_LOG_LEVEL"/,
    ],
    [['-p', 'app', REPORT, '-p', 'weight', '11'], 'PARAMETERS_INVALID', /weight/],
    [['-p', 'app', ALONE, '-p', 'tenant', 'nobody'], 'SETTINGS_INVALID', /tenant "nobody" is not in the settings/],
    [['-p', 'app', '99999999-0000-4000-8000-000000000009'], 'QLIK_REFUSED', /404: RELOADS-004/],
  ];
  for (const [params, errorCode, says] of refused) {
    it(`refuses ${params.slice(1).join(' ') || 'an invocation without parameters'} with ${errorCode}`, async () => {
      const { code, json } = await invoke(...params);
      expect(code).to.not.equal(0);
      expect(json.error.code).to.equal(errorCode);
      expect(json.error.message).to.match(says);
    });
  }
});
