import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import openwhisk from 'openwhisk';
import { buildActions } from '../../build/build-actions.ts';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { configuredDefinitions } from '../../src/deploy/configured-definitions.ts';
import { deployManifest } from '../../src/deploy/deploy-manifest.ts';
import { bundledProgram } from '../support/bundled-program.ts';
import { type CascadeWithLedger, cascadeWithLedger } from '../support/cascade-with-ledger.ts';
import { READ_API_KEY, WEBHOOK_SECRET } from '../support/deployed-cascade.ts';

const CASCADE = await bundledProgram('cli/cascade.js');
const EXTRACT = '00000041-0000-4000-8000-000000000000';
const TRANSFORM = '00000042-0000-4000-8000-000000000000';
const REMOVED = '00000043-0000-4000-8000-000000000000';
const ALARM = '00000044-0000-4000-8000-000000000000';
const ONCE = '00000045-0000-4000-8000-000000000000';
const APPS = `
apps:
  extract: { id: ${EXTRACT}, name: Extract }
  transform: { id: ${TRANSFORM}, name: Transform }
  removed: { id: ${REMOVED} }
  alarm: { id: ${ALARM} }
  once: { id: ${ONCE} }
`;
const BEFORE = `
chain: before
${APPS}
reloads:
  - { app: transform, after: extract, retry: { attempts: 1, delay: 1s } }
  - { app: removed, after: { app: transform, on: any } }
  - { app: alarm, after: { app: transform, on: failed } }
  - { app: once, after: { all: [{ app: extract, on: any }, { app: transform, on: any }], within: 1h } }
`;
// By this `retry`, the second attempt would come in an hour, and three more might follow it.
const AFTER = `
chain: after
${APPS}
reloads:
  - { app: transform, after: extract, retry: { attempts: 4, delay: 1h } }
  - { app: alarm, after: { app: transform, on: failed } }
  - { app: once, after: { all: [{ app: extract, on: any }, { app: transform, on: any }], within: 2h } }
  - { app: removed, after: { app: alarm, on: failed } }
`;

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

describe('chains that are deployed again while a further attempt waits', () => {
  let cascade: CascadeWithLedger;
  before(async () => {
    cascade = await cascadeWithLedger({
      chains: { 'chain.yaml': BEFORE },
      timeFactor: 0.02,
      apps: [EXTRACT, TRANSFORM, REMOVED, ALARM, ONCE].map((id) => ({ id })),
    });
  });
  after(() => cascade?.close());

  /** Deploys the chains in `text` in place of the present ones. @returns the hash of their definition. */
  async function deploy(text: string): Promise<string> {
    const { folder, host, tenant, COUCHDB_URL } = cascade;
    await writeFile(join(folder, 'chains/chain.yaml'), text);
    const { compiled } = await compileDirectory(join(folder, 'chains'));
    const definitions = configuredDefinitions({ COUCHDB_URL });
    if (compiled === undefined || definitions === undefined) throw new Error('The chains of the test have mistakes.');
    const hash = await definitions.store(compiled);
    await buildActions(compiled, join(folder, 'dist'), { timeFactor: 0.02 });
    const qlik = { QLIK_TENANT_URL: tenant.url, QLIK_API_KEY: tenant.apiKey, QLIK_TENANT_ID: tenant.tenantId };
    await deployManifest({
      manifestFile: join(folder, 'manifest.yaml'),
      env: { ...qlik, WEBHOOK_SECRET, READ_API_KEY, COUCHDB_URL },
      client: openwhisk({ apihost: host.url, api_key: host.auth }),
    });
    await definitions.noteDeployed(hash);
    return hash;
  }
  const why = (app: string): Promise<string> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], COUCHDB_URL: cascade.COUCHDB_URL };
      execFile(process.execPath, [CASCADE, 'why', app], { cwd: cascade.folder, env }, (_, out, error) => {
        resolve(`${out}${error}`);
      });
    });
  const documentOf = async (id: string): Promise<Json> => (await cascade.documents(id))[0];
  const sweepUntil = (what: string, is: () => Promise<boolean>): Promise<void> =>
    cascade.until(what, async () => {
      if (await is()) return true;
      await cascade.sweep();
      return is();
    });

  it('start it once, by the old policy; what follows goes by the new chains, and why says what changed', async () => {
    const old = await deploy(BEFORE);
    await cascade.tenantCall('PUT', `/_sim/apps/${TRANSFORM}/next-outcomes`, ['failed', 'failed']);
    const cause = await cascade.reloadByHand(EXTRACT);
    const id = `order:default:${TRANSFORM}:s:${cause}`;
    await cascade.until('the failure of the first attempt', async () => {
      const order = await documentOf(id);
      return order?.ends.length === 1 && order.state === 'waiting';
    });
    const renamed = await deploy(AFTER);
    expect(renamed).not.to.equal(old);
    await sweepUntil('the end of the second attempt', async () => (await documentOf(id)).state === 'ended');
    await sweepUntil('that nothing is open', async () =>
      (await cascade.documents('event:')).every(({ resolvedAt, dueAt }) => resolvedAt > 0 && dueAt === undefined),
    );
    await cascade.sweep();

    const order = await documentOf(id);
    expect(order).to.deep.include({ chain: 'before', definition: old, try: 2, outcome: 'failed' });
    expect(order.policy.retry).to.include({ attempts: 1, delay: 1_000 });
    expect(order.ends).to.have.length(2);
    const definitions = [cause, ...order.ends].map(
      async (reloadId) => (await documentOf(`event:default:${reloadId}`)).definition,
    );
    expect(await Promise.all(definitions)).to.deep.equal([old, old, renamed]);
    await sweepUntil('what follows', async () => (await cascade.started())[ONCE] === 1);
    expect(await cascade.started()).to.deep.equal({ [TRANSFORM]: 2, [ALARM]: 1, [ONCE]: 1 });
    expect(await why(TRANSFORM)).to.include(
      'The link that called for it has been changed since: chain (before, now after), retry.',
    );
  }).timeout(60_000);
});
