import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { runTenant } from '../../../sim/command/run-tenant.ts';
import { type SimTenant, startTenant } from '../../../sim/start-tenant.ts';
import { bundledProgram } from '../../support/bundled-program.ts';
import { useReceiver } from '../support/use-receiver.ts';
import { isEnd, TenantInTest } from '../support/use-tenant.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = await bundledProgram('sim/main.js');
const HOUR = 3_600_000;

/** A tenant in a process of its own, which can be killed. */
class TenantProcess extends TenantInTest {
  #child: ChildProcess | undefined;
  readonly #args: readonly string[];

  constructor(...args: readonly string[]) {
    super({});
    this.#args = args;
  }

  override async start(): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, '--port', '0', '--json', ...this.#args], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      this.sim = (JSON.parse(line) as { tenant: SimTenant }).tenant;
      return;
    }
    throw new Error('The tenant ended before it was ready');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

describe('sim: a tenant with a state', () => {
  let directory: string;
  let state: string;
  const receiver = useReceiver();
  const tenants: TenantInTest[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cascade-state-'));
    state = join(directory, 'tenant.json');
  });
  afterEach(async () => {
    for (const tenant of tenants.splice(0))
      await (tenant instanceof TenantProcess ? tenant.kill() : tenant.sim.close());
    await rm(directory, { recursive: true });
  });

  function killable(...args: string[]): TenantProcess {
    const tenant = new TenantProcess('--state', state, ...args);
    tenants.push(tenant);
    return tenant;
  }

  async function inProcess(options: ConstructorParameters<typeof TenantInTest>[0] = {}): Promise<TenantInTest> {
    const tenant = new TenantInTest({ state, ...options });
    await tenant.start();
    tenants.push(tenant);
    return tenant;
  }

  it('has everything that it answered for, killed at once and started again', async () => {
    const tenant = killable();
    await tenant.start();
    const before = tenant.sim;
    const hook = await receiver.subscribe(tenant, { secret: 's'.repeat(40) });
    await tenant.app('a', { durationMs: HOUR, outcomes: ['failed', 'succeeded'], tags: ['nightly'] });
    await tenant.app('b', { durationMs: HOUR });
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.faults({ on: 'GET /api/v1/reloads', kind: 'status', times: 2 });
    const { body: person } = await tenant.call('POST', '/_sim/users', { name: 'ann' });
    const { body: token } = await tenant.call('POST', '/oauth/token', {
      grant_type: 'client_credentials',
      client_id: before.clientId,
      client_secret: before.clientSecret,
    });
    const { body: first } = await tenant.reload('a');
    await tenant.journal((entry) => entry['id'] === first.id && entry['status'] === 'RELOADING');
    const { body: second } = await tenant.reload('b', { resourceType: 'api', resourceId: 'mine' });
    await tenant.kill();
    await tenant.start();
    const { url: _, ...keys } = before;
    expect(tenant.sim).to.include(keys);
    expect((await tenant.call('GET', `/api/v1/webhooks/${hook}`)).body).to.include({
      url: receiver.url,
      enabled: true,
    });
    expect((await tenant.call('GET', `/api/v1/reloads/${first.id}`)).body.status).to.equal('RELOADING');
    expect((await tenant.call('GET', `/api/v1/reloads/${second.id}`)).body).to.include({
      status: 'QUEUED',
      resourceId: 'mine',
    });
    expect((await tenant.reload('a')).body.errors[0].code).to.equal('RELOADS-007');
    for (const key of [person.apiKey, token.access_token]) {
      expect((await tenant.call('GET', '/api/v1/users/me', undefined, { key })).status).to.equal(200);
    }
    expect((await tenant.call('GET', '/_sim/faults')).body.data).to.have.length(1);
    expect((await tenant.call('GET', '/_sim/switches')).body['reloads.concurrency']).to.equal(1);
  });

  it('has also what was changed last, and by nothing but the control interface', async () => {
    const tenant = killable();
    await tenant.start();
    await tenant.app('a');
    await tenant.kill();
    await tenant.start();
    expect((await tenant.call('GET', '/_sim/apps')).body.data).to.have.length(1);
  });

  it('goes on with what ran and what waited, and tells its webhooks of the ends, by its clock', async () => {
    const tenant = killable('--clock', 'hand');
    await tenant.start();
    await receiver.subscribe(tenant, { eventTypes: ['com.qlik.v1.reload.finished'] });
    await tenant.switches({ 'reloads.concurrency': 1 });
    await tenant.app('a', { durationMs: HOUR, outcomes: ['failed'] });
    await tenant.app('b', { durationMs: 2 * HOUR });
    await tenant.app('c', { durationMs: 0 });
    const { body: first } = await tenant.reload('a');
    const { body: second } = await tenant.reload('b');
    await tenant.call('POST', '/_sim/apps/c/reload', { afterMs: 5 * HOUR });
    await tenant.advance(HOUR / 2);
    await tenant.kill();
    await tenant.start();
    await tenant.advance(HOUR / 2 - 1);
    expect((await tenant.call('GET', `/api/v1/reloads/${first.id}`)).body.status).to.equal('RELOADING');
    await tenant.advance(5 * HOUR);
    expect((await tenant.call('GET', `/api/v1/reloads/${first.id}`)).body).to.include({
      status: 'FAILED',
      endTime: '2026-11-21T08:00:00.000Z',
    });
    expect((await tenant.call('GET', `/api/v1/reloads/${second.id}`)).body).to.include({
      status: 'SUCCEEDED',
      startTime: '2026-11-21T08:00:00.000Z',
      endTime: '2026-11-21T10:00:00.000Z',
    });
    expect(receiver.received.map(({ event }) => event.data.appId)).to.deep.equal(['a', 'b', 'c']);
  });

  it('sends a delivery again that was under way, or was to be tried again', async () => {
    const tenant = killable();
    await tenant.start();
    await receiver.subscribe(tenant, { eventTypes: ['com.qlik.v1.reload.finished'] });
    await tenant.app('a');
    receiver.answer = { status: 0 };
    await tenant.reloadToEnd('a');
    const isThere = async (count: number): Promise<void> => {
      for (let looks = 0; receiver.received.length < count; looks += 1) {
        if (looks === 500) throw new Error(`Only ${receiver.received.length} deliveries`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await isThere(1);
    await tenant.kill();
    await tenant.start();
    await isThere(2);
    const [one, other] = receiver.received;
    expect(other?.bytes.toString()).to.equal(one?.bytes.toString());
  });

  it('goes on with the numbers of its journal, so that readers miss nothing', async () => {
    const tenant = await inProcess();
    await tenant.app('a');
    const id = await tenant.reloadToEnd('a');
    const { last } = (await tenant.call('GET', '/_sim/journal')).body;
    await tenant.sim.close();
    await tenant.start();
    await tenant.app('a');
    await tenant.reloadToEnd('a');
    const { data } = (await tenant.call('GET', '/_sim/journal')).body;
    expect(data.map(({ seq }: { seq: number }) => seq)).to.deep.equal(
      Array.from({ length: data.length }, (_, index) => index + 1),
    );
    expect(
      data.filter((entry: Record<string, unknown>) => entry['id'] === id && isEnd(entry['status'])),
    ).to.have.length(1);
    expect(data.at(-1).seq).to.be.above(last);
  });

  it('keeps its file for its owner alone, and leaves no other beside it', async () => {
    const tenant = await inProcess();
    await tenant.app('a');
    expect((await stat(state)).mode & 0o777).to.equal(0o600);
    expect(await readFile(`${state}.new`).catch(({ code }) => code)).to.equal('ENOENT');
  });

  it('starts nothing by itself while it is held, and then does what was due, each at its time', async () => {
    const tenant = await inProcess({ isHeld: true });
    await tenant.app('a', { durationMs: 0 });
    const { body } = await tenant.reload('a');
    expect((await tenant.call('GET', `/api/v1/reloads/${body.id}`)).body.status).to.equal('QUEUED');
    tenant.sim.release();
    await tenant.journal((entry) => entry['id'] === body.id && isEnd(entry['status']));
    const ended = (await tenant.call('GET', `/api/v1/reloads/${body.id}`)).body;
    expect(ended.endTime).to.equal(body.creationTime);
  });

  for (const [what, broken] of [
    ['is empty', () => ''],
    ['is something else', () => '{"apps":[]}\n'],
    ['was cut', (text: string) => text.slice(0, text.indexOf('\n') - 10)],
    ['was changed', (text: string) => text.replace('"identity"', '"identitY"')],
  ] as const) {
    it(`refuses a file that ${what}, by its name`, async () => {
      await (await startTenant({ port: 0, state })).close();
      await writeFile(state, broken(await readFile(state, 'utf8')));
      const errors: string[] = [];
      const ports = { signal: AbortSignal.abort(), write: () => undefined };
      const code = await runTenant(['--port', '0', '--state', state], {
        ...ports,
        writeError: (line) => errors.push(line),
      });
      expect(code).to.equal(1);
      expect(errors).to.deep.equal([
        `The tenant's state in ${state} is broken or not of this version: remove the file to start anew.`,
      ]);
    });
  }

  it('says which file it cannot write, and listens to nothing then', async () => {
    const nowhere = join(directory, 'no', 'tenant.json');
    const failed: unknown = await startTenant({ port: 0, state: nowhere }).catch((error: unknown) => error);
    expect(String(failed)).to.include(nowhere);
  });

  it('has all but a last line that a crash cut', async () => {
    const tenant = await inProcess();
    await tenant.app('a');
    await tenant.sim.close();
    await appendFile(state, 'simulated-tenant-1 0123');
    await tenant.start();
    expect((await tenant.call('GET', '/_sim/apps')).body.data).to.have.length(1);
  });

  it('takes ids, key and seed from the file', async () => {
    const first = await startTenant({ port: 0, state, seed: 'one' });
    await first.close();
    const second = await startTenant({ port: 0, state, seed: 'two', apiKey: 'mine' });
    expect(second.apiKey).to.equal(first.apiKey);
    await second.close();
  });
});
