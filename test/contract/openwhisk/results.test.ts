import { expect } from 'chai';
import { asMap } from '../../local/host/support/body.ts';
import { useHost } from './support/use-host.ts';

const NO_RESPONSE = 'The action did not produce a valid response and exited unexpectedly.';
const CRASH = 'function main() { process.exit(1) }';
const HANG = 'function main() { return new Promise(() => {}) }';

describe('contract of OpenWhisk: results', () => {
  const host = useHost('results');
  let actions = 0;
  // A new action each time: what an earlier one left in its container must not matter.
  const run = async (code: string, more: object = {}) => {
    actions += 1;
    await host.action(`a${actions}`, code, {}, more);
    const { status, json } = await host.invoke(`a${actions}`);
    return { http: status, status: json.response.status, result: json.response.result, record: json };
  };
  const developerError = (text: string) => ({
    http: 502,
    status: 'action developer error',
    result: { error: text },
  });

  it('ow-results-01: an object without error is a success', async () => {
    const { record, ...answer } = await run('function main() { return { ok: 1 } }');
    expect(answer).to.deep.equal({ http: 200, status: 'success', result: { ok: 1 } });
  });

  it('ow-results-02: the key error with any value is an application error', async () => {
    for (const error of [{ a: 1 }, 'text', null, false, [1]]) {
      const { record, ...answer } = await run(`function main() { return { error: ${JSON.stringify(error)} } }`);
      expect(answer).to.deep.equal({ http: 502, status: 'application error', result: { error } });
    }
  });

  it('ow-results-03: undefined is an empty object', async () => {
    const { http, result } = await run('function main() {}');
    expect([http, result]).to.deep.equal([200, {}]);
  });

  it('ow-results-04: null is a developer error', async () => {
    const text = 'The action did not produce a valid JSON or JSON Array response: null';
    expect(await run('function main() { return null }')).to.deep.include(developerError(text));
  });

  it('ow-results-05: a string or a number is a developer error', async () => {
    for (const value of ['"s"', '7']) {
      const answer = await run(`function main() { return ${value} }`);
      expect(answer, value).to.deep.include(developerError('The action did not return a dictionary.'));
    }
  });

  it('ow-results-06: a rejection with an Error is an application error with everything in it', async () => {
    const { http, status, result } = await run(
      'async function main() { throw Object.assign(new Error("boom"), { secret: 42, nested: { a: [1] } }) }',
    );
    expect([http, status]).to.deep.equal([502, 'application error']);
    expect(result['error']).to.deep.include({ name: 'Error', message: 'boom', secret: 42, nested: { a: [1] } });
    expect(result['error']).to.have.property('stack').that.contains('boom');
  });

  it('ow-results-07: a throw of a function that is not async is a developer error', async () => {
    const text = 'An error has occurred: Error: sync boom';
    expect(await run('function main() { throw new Error("sync boom") }')).to.deep.include(developerError(text));
  });

  it('ow-results-08: code that cannot be loaded is a developer error', async () => {
    for (const code of ['function main( {', 'const other = 1', 'throw new Error("load")']) {
      const { http, status, result } = await run(code);
      expect([http, status], code).to.deep.equal([502, 'action developer error']);
      expect(result['error'], code).to.match(/^Initialization has failed due to: /);
    }
  });

  it('ow-results-09: the end of the process is a developer error', async () => {
    expect(await run(CRASH)).to.deep.include(developerError(NO_RESPONSE));
  });

  it('ow-results-10: an unhandled rejection, and a throw of a timer, is a developer error', async () => {
    for (const code of ['Promise.reject(new Error("x"))', 'setTimeout(() => { throw new Error("x") }, 5)']) {
      const answer = await run(`function main() { ${code}; return new Promise(() => {}) }`);
      expect(answer, code).to.deep.include(developerError(NO_RESPONSE));
    }
  });

  it('ow-results-11: an action that runs longer than its limit is a developer error, and its record says so', async () => {
    const { record, ...answer } = await run(HANG, { limits: { timeout: 1000 } });
    expect(answer).to.deep.equal(developerError('The action exceeded its time limits of 1000 milliseconds.'));
    expect(asMap(record.annotations)).to.include({ timeout: true });
  });

  it('ow-results-12: crash, unhandled rejection and time-out have their records, late as they may be', async function () {
    await host.action('crash', CRASH);
    await host.action('reject', 'function main() { Promise.reject(new Error("x")); return new Promise(() => {}) }');
    await host.action('hang', HANG, {}, { limits: { timeout: 1000 } });
    const names = ['crash', 'reject', 'hang'];
    const calls = await Promise.all(names.map((name) => host.rest('POST', `actions/${host.pkg}/${name}`, {})));
    for (const { json } of calls) {
      const { response } = await host.record(this, json.activationId, 'non-blocking');
      expect(response.success).to.equal(false);
    }
  });

  it('ow-results-13: a result above one megabyte is an application error', async () => {
    // {"s":"…"} is eight bytes around the text.
    const { http, status, result } = await run('function main() { return { s: "x".repeat(1100000) } }');
    expect([http, status]).to.deep.equal([502, 'application error']);
    const text = 'The action produced a response that exceeded the allowed length: 1100008 > 1048576 bytes.';
    expect(String(result['error']).slice(0, text.length)).to.equal(text);
  });

  it('ow-results-14: REST prints the keys of results and records sorted, at every depth', async function () {
    const code = 'function main() { return { z: 1, a: { y: 1, b: 2 }, l: [{ d: 1, c: 2 }] } }';
    const sorted = '{"a":{"b":2,"y":1},"l":[{"c":2,"d":1}],"z":1}';
    await host.action('unsorted', code);
    const { text } = await host.rest('POST', `actions/${host.pkg}/unsorted?blocking=true&result=true`, {});
    expect(text).to.equal(sorted);
    const { text: answered, json } = await host.invoke('unsorted');
    expect(answered).to.contain(`"result":${sorted}`);
    await host.record(this, json.activationId);
    const stored = await host.rest('GET', `activations/${json.activationId}`);
    expect(stored.text).to.contain(`"result":${sorted}`);
  });
});
