import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

const NO_RESPONSE = 'The action did not produce a valid response and exited unexpectedly.';

describe('results', () => {
  const host = useHost();
  const run = async (code: string, more: object = {}) => {
    await host.action('result', code, {}, more);
    const { status, json } = await host.invoke('result');
    return { httpStatus: status, ...json.response };
  };

  it('ow-results-01: an object without error is a success', async () => {
    const expected = { httpStatus: 200, status: 'success', result: { ok: 1 } };
    expect(await run('function main() { return { ok: 1 } }')).to.deep.include(expected);
  });

  for (const value of ['{ a: 1 }', '"text"', 'null', 'false', '[1]']) {
    it(`ow-results-02: the key error with ${value} is an application error`, async () => {
      const answer = await run(`function main() { return { error: ${value} } }`);
      expect(answer).to.include({ httpStatus: 502, status: 'application error', success: false });
      expect(answer.result).to.have.all.keys('error');
    });
  }

  it('ow-results-03: undefined is an empty object', async () => {
    expect(await run('function main() {}')).to.deep.include({ status: 'success', result: {} });
  });

  for (const [fact, what, code, text] of [
    ['04', 'null', 'return null', 'The action did not produce a valid JSON or JSON Array response: null'],
    ['05', 'a string', 'return "s"', 'The action did not return a dictionary.'],
    ['05', 'a number', 'return 7', 'The action did not return a dictionary.'],
    [
      '07',
      'a throw of a function that is not async',
      'throw new Error("sync boom")',
      'An error has occurred: Error: sync boom',
    ],
    ['09', 'the end of the process', 'process.exit(1)', NO_RESPONSE],
    ['10', 'an unhandled rejection', 'Promise.reject(new Error("x")); return new Promise(() => {})', NO_RESPONSE],
    [
      '10',
      'a throw of a timer',
      'setTimeout(() => { throw new Error("x") }, 5); return new Promise(() => {})',
      NO_RESPONSE,
    ],
  ] as const) {
    it(`ow-results-${fact}: ${what} is a developer error`, async () => {
      await host.action('result', `function main() { ${code} }`);
      const { status, json } = await host.invoke('result');
      expect(status).to.equal(502);
      expect(json.response.status).to.equal('action developer error');
      expect(json.response.result).to.deep.equal({ error: text });
    });
  }

  it('ow-results-06: a rejection with an Error is an application error with everything in it', async () => {
    const code = 'async function main() { throw Object.assign(new Error("boom"), { secret: 42, nested: { a: [1] } }) }';
    const { status, result } = await run(code);
    expect(status).to.equal('application error');
    expect(result['error']).to.deep.include({ name: 'Error', message: 'boom', secret: 42, nested: { a: [1] } });
    expect(result['error'])
      .to.have.property('stack')
      .that.matches(/^Error: boom\n/);
  });

  for (const [what, code] of [
    ['has a syntax error', 'function main( {'],
    ['lacks main', 'const other = 1'],
    ['throws at load', 'throw new Error("load")'],
  ] as const) {
    it(`ow-results-08: code that ${what} is a developer error`, async () => {
      await host.action('result', code);
      const { status, json } = await host.invoke('result');
      expect(status).to.equal(502);
      expect(json.response.status).to.equal('action developer error');
      expect(json.response.result['error']).to.match(/^Initialization has failed due to: /);
    });
  }

  it('ow-results-11: an action that runs longer than its limit is a developer error, and its record says so', async () => {
    await host.action('late', 'function main() { return new Promise(() => {}) }', {}, { limits: { timeout: 300 } });
    const { status, json } = await host.invoke('late');
    expect(status).to.equal(502);
    expect(json.response.status).to.equal('action developer error');
    expect(json.response.result).to.deep.equal({ error: 'The action exceeded its time limits of 300 milliseconds.' });
    expect(json.annotations).to.deep.include({ key: 'timeout', value: true });
  });

  it('ow-results-11: an endless loop is ended too', async () => {
    await host.action('loop', 'function main() { for (;;); }', {}, { limits: { timeout: 300 } });
    const { json } = await host.invoke('loop');
    expect(json.response.result).to.deep.equal({ error: 'The action exceeded its time limits of 300 milliseconds.' });
  });

  it('ow-results-13: a result above one megabyte is an application error', async () => {
    // {"s":"…"} is eight bytes around the text.
    const { status, result } = await run('function main() { return { s: "x".repeat(1100000) } }');
    expect(status).to.equal('application error');
    const text = 'The action produced a response that exceeded the allowed length: 1100008 > 1048576 bytes.';
    expect(String(result['error']).startsWith(text)).to.equal(true, String(result['error']).slice(0, 200));
  });

  it('takes a result although the process ends right after it', async () => {
    await host.action('leaves', 'function main() { setTimeout(() => process.exit(1), 20); return { done: true } }');
    for (const call of ['first', 'second']) {
      expect((await host.invoke('leaves')).json.response.result, call).to.deep.equal({ done: true });
      await host.action(
        'leaves',
        'function main() { setTimeout(() => { throw new Error() }, 20); return { done: true } }',
      );
    }
  });

  it('harms nobody else: after a crash the next call runs in a container of its own', async () => {
    await host.action('crash', 'function main({ die }) { if (die) process.exit(1); return { alive: true } }');
    expect((await host.invoke('crash', { die: true })).status).to.equal(502);
    expect((await host.invoke('crash')).json.response.result).to.deep.equal({ alive: true });
  });
});
