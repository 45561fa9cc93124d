import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type HttpAnswer, type Rule, startAlteringProxy, withStatus } from '../../support/altering-proxy.ts';
import { requireLocal } from '../support/target.ts';
import { NOBODY } from './support/fact.ts';
import { QlikInTest } from './support/qlik-in-test.ts';

const MOCHA = fileURLToPath(new URL('../../../node_modules/mocha/bin/mocha.js', import.meta.url));
const SUITE = fileURLToPath(new URL('./suite.test.ts', import.meta.url));

interface Run {
  readonly code: number;
  readonly output: string;
}

/** Runs the suite against a tenant as a user does: its address and a key are in the environment. */
function runOn(url: string, key: string): Promise<Run> {
  const env = { ...process.env, QLIK_TEST_TENANT: url, QLIK_TEST_KEY: key };
  const args = ['--no-config', '--import=tsx', '--exit', '--timeout', '20000', SUITE];
  return new Promise((resolve) => {
    execFile(process.execPath, [MOCHA, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

// A simulated tenant plays the real one: the suite gets its address and key, and nothing else.
describe('the contract suite on a real tenant', function () {
  this.timeout(60_000);
  const qlik = new QlikInTest();
  before(function () {
    requireLocal(this, 'QLIK_TEST_TENANT', 'a simulated tenant takes the part of the real one');
  });
  beforeEach(async () => {
    await qlik.start();
    await qlik.reload(await qlik.app('a'));
  });
  afterEach(() => qlik.close());

  async function runThrough(rule: Rule): Promise<Run> {
    const proxy = await startAlteringProxy(qlik.url, rule);
    const run = await runOn(proxy.url, qlik.sim.apiKey);
    await proxy.close();
    return run;
  }

  it('asks only what changes nothing, and leaves out what nobody could verify', async () => {
    const { last } = await qlik.control('GET', '/journal');
    const { code, output } = await runOn(qlik.url, qlik.sim.apiKey);
    expect(code, output).to.equal(0);
    expect(output).to.contain('q-tokens-07').and.to.contain('q-reloads-list-01').and.to.contain('q-audits-01');
    expect(output).not.to.match(/q-unknown-\d/);
    const { data } = await qlik.control('GET', `/journal?after=${last}`);
    expect(data).to.have.length.above(20);
    for (const { kind, method, status, path } of data) {
      expect(kind).to.equal('request');
      if (method !== 'GET') expect(status, `${method} ${path}`).to.be.within(400, 499);
    }
  });

  it('tells as news what an inference had wrong, and fails on what Qlik itself says', async () => {
    const isUnauthorized = (answer: HttpAnswer) => answer.status === 401;
    const news = await runThrough({ answer: (answer) => (isUnauthorized(answer) ? withStatus(answer, 403) : answer) });
    expect(news.code, news.output).to.equal(0);
    expect(news.output).to.match(/^NEWS q-tokens-07: .*expected 403 to equal 401/m);
    const fault = await runThrough({
      answer: (answer, { path }) => (path.endsWith(NOBODY) && answer.status === 404 ? withStatus(answer, 400) : answer),
    });
    expect(fault.code, fault.output).not.to.equal(0);
    expect(fault.output).to.match(/1 failing[\s\S]*q-reloads-get-02/);
  });
});
