import { expect } from 'chai';
import { entries, RAW_WEB } from '../../support/openwhisk-entities.ts';
import { useHost } from './support/use-host.ts';

const ECHO = 'function main(params) { return params }';
const GIVE = (result: string): string => `function main() { return ${result} }`;

describe('contract of OpenWhisk: sequences', () => {
  const host = useHost('sequences');
  const web = async (name: string) => {
    const { status, text } = await host.web(name);
    return { status, json: text === '' ? undefined : JSON.parse(text) };
  };
  const resultOf = async (name: string, payload?: object) => (await host.invoke(name, payload)).json.response.result;
  before(async () => {
    await host.action('echo', ECHO);
    await host.action('noted', 'function main() { return { body: { ran: true } } }');
  });

  it("ow-sequences-01: only the sequence's own annotations count", async () => {
    await host.action('locked', ECHO, { ...RAW_WEB, 'require-whisk-auth': 's' });
    await host.action('unexported', ECHO);
    await host.sequence('s01', ['locked', 'unexported', 'noted'], RAW_WEB);
    expect(await web('s01')).to.deep.equal({ status: 200, json: { ran: true } });
    expect((await web('locked')).status).to.equal(401);
  });

  it('ow-sequences-02: an output is the whole payload of the next step and beats what is bound', async () => {
    const own = host.name('s02');
    await host.rest('PUT', `packages/${own}`, { parameters: entries({ p: 'bound', q: 'bound' }) });
    const bound = { exec: { kind: host.kind, code: ECHO }, parameters: entries({ k: 'bound', l: 'bound' }) };
    await host.rest('PUT', `actions/${own}/bound`, bound);
    await host.action('give02', GIVE('{ k: "previous", p: "previous" }'));
    const components = [`/_/${host.pkg}/give02`, `/_/${own}/bound`];
    await host.rest('PUT', `actions/${own}/s02`, { exec: { kind: 'sequence', components } });
    const { json } = await host.rest('POST', `actions/${own}/s02?blocking=true`, { earlier: 1 });
    expect(json.response.result).to.deep.equal({ k: 'previous', l: 'bound', p: 'previous', q: 'bound' });
  });

  it("ow-sequences-03: final does not protect a later step's parameters", async () => {
    await host.action('give03', GIVE('{ k: "previous" }'));
    await host.action('final', ECHO, { final: true }, { parameters: entries({ k: 'bound' }) });
    await host.sequence('s03', ['give03', 'final']);
    expect(await resultOf('s03')).to.deep.equal({ k: 'previous' });
  });

  it('ow-sequences-04: an error ends the sequence and is its answer', async function () {
    await host.action('refuse', GIVE('{ error: { statusCode: 401, body: { m: 1 } } }'));
    await host.sequence('s04', ['refuse', 'noted'], RAW_WEB);
    expect(await web('s04')).to.deep.equal({ status: 401, json: { m: 1 } });
    const { activationId } = (await host.invoke('s04')).json;
    expect((await host.record(this, activationId)).logs).to.have.lengthOf(1);
  });

  it('ow-sequences-05: an error with status 200 is an early end that callers see as success', async () => {
    await host.action('early', GIVE('{ error: { statusCode: 200, body: { challenge: 1 } } }'));
    await host.sequence('s05', ['early', 'noted'], RAW_WEB);
    expect(await web('s05')).to.deep.equal({ status: 200, json: { challenge: 1 } });
    const { status, json } = await host.invoke('s05');
    expect([status, json.response.status]).to.deep.equal([502, 'application error']);
  });

  it('ow-sequences-06: an uncaught Error of the first step is 204, and the second does not run', async () => {
    await host.action('boom', 'async function main() { throw new Error("boom") }');
    await host.sequence('s06', ['boom', 'noted'], RAW_WEB);
    expect(await web('s06')).to.deep.equal({ status: 204, json: undefined });
  });

  it('ow-sequences-07: a status code without error in the middle is data', async () => {
    await host.action('data', GIVE('{ statusCode: 401, body: "data" }'));
    await host.action('answer', 'function main(params) { return { body: params } }');
    await host.sequence('s07', ['data', 'answer'], RAW_WEB);
    expect(await web('s07')).to.deep.equal({ status: 200, json: { statusCode: 401, body: 'data' } });
  });

  it('ow-sequences-08: a component that is gone is told at the call', async () => {
    await host.action('leaving', ECHO);
    await host.sequence('s08', ['leaving', 'echo']);
    await host.rest('DELETE', `actions/${host.pkg}/leaving`);
    const { status, json } = await host.invoke('s08');
    expect([status, json.logs]).to.deep.equal([502, []]);
    expect(json.response.result).to.deep.equal({ error: 'Sequence component does not exist.' });
  });

  it('ow-sequences-09: an invoke with the key may forge what web calls set', async () => {
    await host.sequence('s09', ['echo'], RAW_WEB);
    const forged = { __ow_headers: { a: 'b' }, __ow_body: 'x', __ow_user: 'me' };
    expect(await resultOf('s09', forged)).to.deep.equal(forged);
  });
});
