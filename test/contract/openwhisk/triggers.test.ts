import { expect } from 'chai';
import type { Body } from '../../local/host/support/body.ts';
import { basic, entries } from '../../support/openwhisk-entities.ts';
import { useHost } from './support/use-host.ts';

const ECHO = 'function main(params) { return params }';

/** A line of a trigger's record: the result of one rule. */
interface Line {
  readonly rule: string;
  readonly activationId?: string;
}

describe('contract of OpenWhisk: triggers', () => {
  const host = useHost('triggers');
  const fire = (name: string, payload?: unknown, headers?: Record<string, string>, query = '') =>
    host.rest('POST', `triggers/${host.name(name)}${query}`, payload, headers);
  const trigger = (name: string, content: object = {}) => host.rest('PUT', `triggers/${host.name(name)}`, content);
  const rule = (name: string, triggerName: string, action: string) =>
    host.rest('PUT', `rules/${host.name(name)}`, {
      trigger: `/_/${host.name(triggerName)}`,
      action: `/_/${host.pkg}/${action}`,
    });
  const switchOff = (name: string) => host.rest('POST', `rules/${host.name(name)}`, { status: 'inactive' });
  const full = (name: string): string => `${host.ns}/${host.pkg}/${name}`;
  const ruled = async (name: string, action: string, code = ECHO, more: object = {}): Promise<void> => {
    await host.action(action, code, {}, more);
    await trigger(name);
    await rule(`${name}-rule`, name, action);
  };
  const fired = (context: Mocha.Context, activationId: string): Promise<Body> =>
    host.record(context, activationId, 'non-blocking');
  const linesOf = ({ logs }: Body): readonly Line[] => logs.map((line) => JSON.parse(line) as Line);
  const resultOf = async (context: Mocha.Context, activationId: string) => {
    const [line] = linesOf(await fired(context, activationId));
    return (await fired(context, line?.activationId ?? '')).response.result;
  };

  it('ow-triggers-01: without an active rule 204, nothing, and no record', async () => {
    await trigger('t01');
    const { status, text, headers } = await fire('t01', { x: 1 });
    expect([status, text]).to.deep.equal([204, '']);
    expect(headers).not.to.have.property('x-openwhisk-activation-id');
    await ruled('t01i', 'a01');
    await switchOff('t01i-rule');
    expect((await fire('t01i', { x: 1 })).status).to.equal(204);
    for (const name of ['t01', 't01i'])
      expect(await host.list(`activations?name=${host.name(name)}`), name).to.deep.equal([]);
  });

  it('ow-triggers-02: with an active rule 202 and an id, blocking or not, with a body or without', async () => {
    await ruled('t02', 'a02');
    for (const answer of [await fire('t02', { x: 1 }, {}, '?blocking=true'), await fire('t02')]) {
      expect(answer.status).to.equal(202);
      expect(answer.json).to.have.all.keys('activationId');
      expect(answer.json.activationId).to.match(/^[0-9a-f]{32}$/);
    }
  });

  it('ow-triggers-03: an array is no payload, an unknown trigger is 404, a body above one megabyte 413', async () => {
    await ruled('t03', 'a03');
    const array = await fire('t03', '[1]');
    const error = 'The request content was malformed:\nJSON object expected';
    expect([array.status, array.json.error]).to.deep.equal([400, error]);
    expect((await fire('t03-nope', {})).status).to.equal(404);
    expect((await fire('t03', { s: 'x'.repeat(1_048_570) })).status).to.equal(413);
  });

  it("ow-triggers-04: the record has the fire's payload alone, no end, and a line for each rule", async function () {
    await host.action('a04', ECHO);
    await trigger('t04', { parameters: entries({ own: 1 }) });
    for (const name of ['r04a', 'r04b']) await rule(name, 't04', 'a04');
    const { activationId } = (await fire('t04', { x: 1 })).json;
    const record = await fired(this, activationId);
    expect(record.response.result).to.deep.equal({ x: 1 });
    expect(record).not.to.have.any.keys('end', 'duration');
    const lines = linesOf(record);
    expect(lines.map((line) => line.rule)).to.have.members(['r04a', 'r04b'].map((r) => `${host.ns}/${host.name(r)}`));
    for (const line of lines) {
      expect(line).to.have.all.keys('statusCode', 'success', 'activationId', 'rule', 'action');
      expect(line).to.include({ statusCode: 0, success: true, action: full('a04') });
      expect(line.activationId).to.match(/^[0-9a-f]{32}$/);
    }
  });

  it("ow-triggers-05: the trigger's parameters lie under the payload, and both beat the action's own", async function () {
    await host.action('a05', ECHO, {}, { parameters: entries({ a: 'action', b: 'action', c: 'action' }) });
    await trigger('t05', { parameters: entries({ b: 'trigger', c: 'trigger' }) });
    await rule('r05', 't05', 'a05');
    const { activationId } = (await fire('t05', { c: 'payload' })).json;
    expect(await resultOf(this, activationId)).to.include({ a: 'action', b: 'trigger', c: 'payload' });
  });

  it('ow-triggers-06: the action gets the headers of the firer, its key included', async function () {
    await ruled('t06', 'a06');
    const { activationId } = (await fire('t06', { x: 1 }, { 'x-foo': 'bar' })).json;
    const { __ow_headers: headers } = await resultOf(this, activationId);
    expect(headers).to.include({ 'x-foo': 'bar', authorization: basic(host.auth) });
  });

  it('ow-triggers-07: a final action whose parameter is given is refused, in the record alone', async function () {
    await host.action('a07', ECHO, { final: true }, { parameters: entries({ k: 1 }) });
    await trigger('t07');
    await rule('r07', 't07', 'a07');
    const { status, json } = await fire('t07', { k: 2 });
    expect(status).to.equal(202);
    expect(linesOf(await fired(this, json.activationId))).to.deep.equal([
      {
        statusCode: 1,
        success: false,
        rule: `${host.ns}/${host.name('r07')}`,
        error: 'Request defines parameters that are not allowed (e.g., reserved properties).',
        action: full('a07'),
      },
    ]);
  });

  it('ow-triggers-08: an action that is gone is told in the record, and the rule stays active', async function () {
    await ruled('t08', 'a08');
    await host.rest('DELETE', `actions/${host.pkg}/a08`);
    const { activationId } = (await fire('t08', {})).json;
    const [line] = linesOf(await fired(this, activationId));
    expect(line).to.include({ success: false, error: 'The requested resource does not exist.' });
    expect((await host.rest('GET', `rules/${host.name('t08-rule')}`)).json.status).to.equal('active');
  });

  it('ow-triggers-09: an inactive rule beside an active one has a line that says so', async function () {
    await ruled('t09', 'a09');
    await rule('r09', 't09', 'a09');
    await switchOff('r09');
    const { activationId } = (await fire('t09', {})).json;
    const name = `${host.ns}/${host.name('r09')}`;
    const line = linesOf(await fired(this, activationId)).find((each) => each.rule === name);
    expect(line).to.include({
      statusCode: 1,
      success: false,
      error: `Rule '${name}' is inactive, action '${full('a09')}' was not activated.`,
    });
  });
});
