import { expect } from 'chai';
import type { Body } from '../../local/host/support/body.ts';
import type { Received } from '../../local/host/support/send.ts';
import { RAW_WEB } from '../../support/openwhisk-entities.ts';
import { notOffered } from './support/not-offered.ts';
import { type Answered, useHost } from './support/use-host.ts';

const FAST = 'function main() { return {} }';
const tooMany = (count: number | string, allowed: number): string =>
  `Too many requests in the last minute (count: ${count}, allowed: ${allowed}).`;

const uncounted = (text: string): string => text.replace(/count: \d+/, 'count: N');

/**
 * An action that ends when the trigger named `gate` is there. So activations run at the same time without a sleep. It
 * does not use `fetch`, as loading that costs 0.1 s of CPU.
 */
const WAITS = `async function main({ gate }) {
  const url = process.env.__OW_API_HOST + '/api/v1/namespaces/_/triggers/' + gate;
  const { get } = require(url.startsWith('https:') ? 'https' : 'http');
  const authorization = 'Basic ' + Buffer.from(process.env.__OW_API_KEY).toString('base64');
  const isThere = (resolve, reject) =>
    get(url, { headers: { authorization } }, (answer) => resolve(answer.resume().statusCode === 200)).on('error', reject);
  for (const end = Date.now() + 40000; Date.now() < end; ) {
    if (await new Promise(isThere)) return {};
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}`;

describe('contract of OpenWhisk: limits, of a body', () => {
  const host = useHost('limits-body');

  it('ow-limits-01: a body of one megabyte is taken, one byte more is not', async () => {
    await host.action('fast', FAST, { 'web-export': true });
    const body = (bytes: number): string => `{"s":"${'x'.repeat(bytes - 8)}"}`;
    const rest = (bytes: number) => host.rest('POST', `actions/${host.pkg}/fast?blocking=true`, body(bytes));
    const web = (bytes: number) =>
      host.web('fast', { method: 'POST', headers: { 'content-type': 'application/json' }, body: body(bytes) });
    expect((await rest(1_048_576)).status).to.equal(200);
    expect((await web(1_048_576)).status).to.equal(204);
    for (const { status, text, headers } of [await rest(1_048_577), await web(1_048_577)]) {
      const error = 'Request larger than allowed: 1048577 > 1048576 bytes.';
      expect([status, JSON.parse(text).error]).to.deep.equal([413, error]);
      expect(headers).not.to.have.property('x-openwhisk-activation-id');
    }
  });

  it('ow-limits-15: a chunk of more than one megabyte is 400 in plain text, not 413', async () => {
    await host.action('chunked', FAST, RAW_WEB);
    const headers = { 'content-type': 'text/plain' };
    const inChunksOf = (chunkBytes: number, bytes: number) =>
      host.web('chunked', { method: 'POST', headers, body: 'x'.repeat(bytes), chunkBytes });
    expect((await inChunksOf(500_000, 1_000_000)).status).to.equal(204);
    const { status, headers: answered, text } = await inChunksOf(1_100_000, 1_100_000);
    expect([status, answered['content-type']?.split(';')[0]]).to.deep.equal([400, 'text/plain']);
    expect(text).to.match(/^HTTP chunk of 1100000 bytes exceeds/);
  });
});

describe('contract of OpenWhisk: limits, of a minute', () => {
  const host = useHost('limits', 'default');
  const fire = (name: string) => host.rest('POST', `triggers/${host.name(name)}`, {});
  const invokeMany = async (name: string, count: number): Promise<readonly Answered[]> => {
    const answers = [];
    for (let i = 0; i < count; i++) answers.push(await host.invoke(name));
    return answers;
  };
  const taken = (answers: readonly Received[]): number => answers.filter(({ status }) => status !== 429).length;
  const refusal = ({ status, text }: Received) => [status, JSON.parse(text).error];
  before(async function () {
    if (host.invokesPerMinute > 200) notOffered(this, 'a limit of invokes that can be reached');
    await host.action('fast', FAST, RAW_WEB);
    await host.sequence('three', ['fast', 'fast', 'fast']);
    for (const name of ['ruled', 'idle']) await host.rest('PUT', `triggers/${host.name(name)}`, {});
    const rule = { trigger: `/_/${host.name('ruled')}`, action: `/_/${host.pkg}/fast` };
    await host.rest('PUT', `rules/${host.name('rule')}`, rule);
    // Cold starts are over before a minute is counted.
    await host.nextMinute();
    await host.invoke('three');
  });

  describe('when they are spent', () => {
    let first: readonly Answered[] = [];
    let next: Answered;
    let web: Received;
    let options: Received;
    let unknown: Answered;
    let tenth: Answered;
    let fired: Answered;
    let free: readonly Answered[] = [];
    let anew: Answered;
    before(async () => {
      const { invokesPerMinute: allowed, pkg } = host;
      await host.nextMinute();
      first = await invokeMany('fast', allowed);
      next = await host.invoke('fast');
      web = await host.web('fast');
      options = await host.web('fast', { method: 'OPTIONS' });
      unknown = await host.invoke('unknown');
      // That was the fourth above: five more, and then the tenth.
      await invokeMany('fast', 5);
      tenth = await host.invoke('fast');
      fired = await fire('ruled');
      const name = `packages/${host.name('free')}`;
      free = [
        await host.rest('GET', `actions/${pkg}/fast`),
        await host.rest('PUT', name, {}),
        await host.rest('DELETE', name),
        await host.rest('GET', 'activations?limit=1'),
      ];
      await host.nextMinute();
      anew = await host.invoke('fast');
    });

    it('ow-limits-02: the first 60 calls of a minute are taken, and the 61st is 429', () => {
      const allowed = host.invokesPerMinute;
      expect(taken(first)).to.equal(allowed);
      expect(next.status).to.equal(429);
      expect(next.json).to.deep.equal({ code: next.headers['x-request-id'], error: tooMany(allowed + 1, allowed) });
    });

    it('ow-limits-03: refused calls count on', () => {
      expect(tenth.json.error).to.equal(tooMany(host.invokesPerMinute + 10, host.invokesPerMinute));
    });

    it('ow-limits-04: the 429 has no retry-after; on REST it carries CORS headers, on web not and is pretty-printed', () => {
      expect(next.headers).to.have.property('access-control-allow-origin');
      expect(next.headers).not.to.have.property('retry-after');
      expect(web.headers).not.to.have.any.keys('access-control-allow-origin', 'retry-after');
      expect(web.text).to.match(/^\{\n {2}"code": "\S+",\n {2}"error": ".+"\n\}$/);
    });

    it('ow-limits-05: a web call, a web OPTIONS and an unknown action are refused too, and count', () => {
      const { invokesPerMinute: allowed } = host;
      expect(refusal(web)).to.deep.equal([429, tooMany(allowed + 2, allowed)]);
      expect(refusal(options)).to.deep.equal([429, tooMany(allowed + 3, allowed)]);
      expect(refusal(unknown)).to.deep.equal([429, tooMany(allowed + 4, allowed)]);
    });

    it('ow-limits-06: entities and activations are not limited', () => {
      expect(free.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
    });

    it('ow-limits-07: in the next minute the first call succeeds', () => {
      expect(anew.status).to.equal(200);
    });

    it("ow-limits-10: a fire is taken, and the refusal is a line in the trigger's record", async function () {
      expect(fired.status).to.equal(202);
      const { logs } = await host.record(this, fired.json.activationId, 'non-blocking');
      const { error, ...line } = JSON.parse(logs[0] ?? '{}');
      expect(line).to.deep.equal({
        statusCode: 1,
        success: false,
        rule: `${host.ns}/${host.name('rule')}`,
        action: `${host.ns}/${host.pkg}/fast`,
      });
      expect(uncounted(error)).to.equal(tooMany('N', host.invokesPerMinute));
    });
  });

  it('ow-limits-08: a sequence of three steps costs one call', async () => {
    const { invokesPerMinute: allowed } = host;
    await host.nextMinute();
    expect(taken(await invokeMany('three', allowed))).to.equal(allowed);
    expect((await host.invoke('three')).status).to.equal(429);
  });

  it('ow-limits-09: fires have a limit of their own', async () => {
    const allowed = host.firesPerMinute;
    await host.nextMinute();
    const answers = [];
    for (let i = 0; i < allowed; i++) answers.push(await fire('idle'));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(allowed).fill(204));
    for (const [name, count] of [
      ['ruled', allowed + 1],
      ['idle', allowed + 2],
    ] as const)
      expect(refusal(await fire(name)), name).to.deep.equal([429, tooMany(count, allowed)]);
    expect((await host.invoke('fast')).status).to.equal(200);
  });
});

describe('contract of OpenWhisk: limits, at once', () => {
  const host = useHost('limits-at-once', 'default');
  let gate = '';
  let waiting: string[] = [];
  const wait = async (): Promise<Answered> => {
    const answer = await host.rest('POST', `actions/${host.pkg}/waits`, { gate });
    if (answer.status === 202) waiting.push(answer.json.activationId);
    return answer;
  };
  /** Ends the waiting activations. Resolves when all of them have their records. */
  const open = async (context: Mocha.Context): Promise<readonly Body[]> => {
    await host.rest('PUT', `triggers/${gate}`, {});
    const records = [];
    for (const id of waiting) records.push(await host.record(context, id, 'non-blocking'));
    waiting = [];
    return records;
  };
  const full = (allowed: number): string =>
    `Too many concurrent requests in flight (count: ${allowed}, allowed: ${allowed}).`;
  before(async function () {
    if (host.concurrent > 100) notOffered(this, 'a limit of concurrent invokes that can be reached');
    await host.action('waits', WAITS, { 'provide-api-key': true });
    await host.action('fast', FAST, RAW_WEB);
    await host.rest('PUT', `triggers/${host.name('ruled')}`, {});
    const rule = { trigger: `/_/${host.name('ruled')}`, action: `/_/${host.pkg}/fast` };
    await host.rest('PUT', `rules/${host.name('rule')}`, rule);
  });
  /** A new minute, and a gate of its own. */
  const begin = async (name: string): Promise<void> => {
    gate = host.name(name);
    await host.nextMinute();
  };

  describe('one after another', () => {
    let taken: readonly Answered[] = [];
    let refused: Answered;
    let rest: readonly Answered[] = [];
    before(async function () {
      await begin('gate1');
      const answers = [];
      for (let i = 0; i < host.concurrent; i++) answers.push(await wait());
      taken = answers;
      refused = await wait();
      await open(this);
      const spent = host.concurrent + 1;
      const more = [];
      for (let i = spent; i <= host.invokesPerMinute; i++) more.push(await host.invoke('fast'));
      rest = more;
    });

    it('ow-limits-11: exactly 30 unfinished calls are taken, and the next is 429', () => {
      expect(taken.map(({ status }) => status)).to.deep.equal(Array(host.concurrent).fill(202));
      expect([refused.status, refused.json.error]).to.deep.equal([429, full(host.concurrent)]);
    });

    it('ow-limits-13: a call refused for concurrency has cost one of its minute', () => {
      const isTaken = rest.map(({ status }) => status !== 429);
      expect(isTaken).to.deep.equal([...Array(rest.length - 1).fill(true), false]);
    });
  });

  describe('at the same instant', () => {
    let answers: readonly Answered[] = [];
    let web: Received;
    let fired: Answered;
    before(async function () {
      await begin('gate2');
      answers = await Promise.all(Array.from({ length: host.concurrent + 6 }, () => wait()));
      web = await host.web('fast');
      fired = await host.rest('POST', `triggers/${host.name('ruled')}`, {});
      await open(this);
    });

    it('ow-limits-12: of 36 calls 30 to 32 are taken', () => {
      const { concurrent } = host;
      const refused = answers.filter(({ status }) => status !== 202);
      expect(answers.length - refused.length).to.be.within(concurrent, concurrent + 2);
      const texts = refused.map(({ status, json }) => `${status} ${uncounted(json.error)}`);
      expect(new Set(texts)).to.deep.equal(new Set([`429 ${uncounted(full(concurrent))}`]));
    });

    it('ow-limits-14: meanwhile a web call is refused, and a fire is not', () => {
      const { error } = JSON.parse(web.text);
      expect([web.status, uncounted(error)]).to.deep.equal([429, uncounted(full(host.concurrent))]);
      expect(fired.status).to.equal(202);
    });
  });
});
