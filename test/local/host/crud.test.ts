import { expect } from 'chai';
import { asMap } from './support/body.ts';
import { entries, useHost } from './support/use-host.ts';

const CODE = 'function main(p) { return p }';
const action = { exec: { kind: 'nodejs:20', code: CODE } };

describe('crud', () => {
  const host = useHost();
  const { rest } = host;

  it('ow-crud-01: a new package answers 200 with its whole document', async () => {
    const { status, json } = await rest('PUT', 'packages/c1', {
      parameters: entries({ k: 1 }),
      annotations: entries({ a: 'x' }),
    });
    expect(status).to.equal(200);
    expect(json).to.include({ name: 'c1', namespace: host.ns, version: '0.0.1', publish: false });
    expect(json.binding).to.deep.equal({});
    expect(json.parameters).to.deep.equal([{ key: 'k', value: 1 }]);
    expect(json.annotations).to.deep.equal([{ key: 'a', value: 'x' }]);
  });

  it('ow-crud-02: a second PUT without overwrite is a 409, for packages, actions, triggers and rules', async () => {
    await rest('PUT', 'packages/c2', {});
    await rest('PUT', 'actions/c2/a', action);
    await rest('PUT', 'triggers/c2t', {});
    const rule = { trigger: '/_/c2t', action: '/_/c2/a' };
    await rest('PUT', 'rules/c2r', rule);
    for (const [path, body] of [
      ['packages/c2', {}],
      ['actions/c2/a', action],
      ['triggers/c2t', {}],
      ['rules/c2r', rule],
    ] as const) {
      const { status, json, headers } = await rest('PUT', path, body);
      expect(status).to.equal(409);
      expect(json).to.deep.equal({ code: headers['x-request-id'], error: 'resource already exists' });
    }
  });

  it('ow-crud-03: a new action has its code as sent, version 0.0.1 and the default limits', async () => {
    const { status, json } = await rest('PUT', 'actions/t/c3', action);
    expect(status).to.equal(200);
    expect(json.exec).to.deep.equal({ kind: 'nodejs:20', code: CODE, binary: false });
    expect(json).to.include({ namespace: `${host.ns}/t`, name: 'c3', version: '0.0.1' });
    expect(json.limits).to.deep.equal({ concurrency: 1, logs: 10, memory: 256, timeout: 60000 });
  });

  it('ow-crud-04: without annotations an action gets provide-api-key and exec, a sequence too', async () => {
    const plain = await rest('PUT', 'actions/t/c4', action);
    expect(asMap(plain.json.annotations)).to.deep.equal({ 'provide-api-key': false, exec: 'nodejs:20' });
    const sequence = await rest('PUT', 'actions/t/c4s', { exec: { kind: 'sequence', components: ['/_/t/c4'] } });
    expect(asMap(sequence.json.annotations)).to.deep.equal({ 'provide-api-key': false, exec: 'sequence' });
  });

  it('ow-crud-05: web-export alone adds neither final nor raw-http', async () => {
    const { json } = await rest('PUT', 'actions/t/c5', { ...action, annotations: entries({ 'web-export': true }) });
    expect(asMap(json.annotations)).to.have.all.keys('web-export', 'provide-api-key', 'exec');
  });

  it('ow-crud-06: an overwrite with {} keeps code, parameters, annotations and limits, and raises the version', async () => {
    const full = {
      ...action,
      parameters: entries({ k: 1 }),
      annotations: entries({ foo: 1 }),
      limits: { timeout: 5000 },
    };
    await rest('PUT', 'actions/t/c6', full);
    const { status, json } = await rest('PUT', 'actions/t/c6?overwrite=true', {});
    expect(status).to.equal(200);
    expect(json.version).to.equal('0.0.2');
    expect(json.exec.code).to.equal(CODE);
    expect(json.parameters).to.deep.equal([{ key: 'k', value: 1 }]);
    expect(asMap(json.annotations)['foo']).to.equal(1);
    expect(json.limits.timeout).to.equal(5000);
  });

  it('ow-crud-07: annotations merge', async () => {
    await rest('PUT', 'actions/t/c7', { ...action, annotations: entries({ foo: 1 }) });
    const { json } = await rest('PUT', 'actions/t/c7?overwrite=true', { annotations: entries({ bar: 2 }) });
    expect(asMap(json.annotations)).to.include({ foo: 1, bar: 2 });
  });

  it('ow-crud-08: delAnnotations takes one away and keeps all else', async () => {
    await rest('PUT', 'actions/t/c8', { ...action, annotations: entries({ foo: 1, bar: 2 }) });
    const { json } = await rest('PUT', 'actions/t/c8?overwrite=true', { delAnnotations: ['foo'] });
    expect(asMap(json.annotations)).to.deep.equal({ bar: 2, 'provide-api-key': false, exec: 'nodejs:20' });
    expect(json.exec.code).to.equal(CODE);
  });

  it('ow-crud-09: parameters are replaced as a whole, kept when left out, cleared by []', async () => {
    await rest('PUT', 'actions/t/c9', { ...action, parameters: entries({ k: 1, l: 2 }) });
    const replaced = await rest('PUT', 'actions/t/c9?overwrite=true', { parameters: entries({ l: 3, m: 4 }) });
    expect(asMap(replaced.json.parameters)).to.deep.equal({ l: 3, m: 4 });
    const kept = await rest('PUT', 'actions/t/c9?overwrite=true', {});
    expect(asMap(kept.json.parameters)).to.deep.equal({ l: 3, m: 4 });
    const cleared = await rest('PUT', 'actions/t/c9?overwrite=true', { parameters: [] });
    expect(cleared.json.parameters).to.deep.equal([]);
  });

  it("ow-crud-10: a read action shows its package's parameters; code=false leaves only the code out", async () => {
    await rest('PUT', 'packages/c10', { parameters: entries({ pk: 'pv', both: 'package' }) });
    await rest('PUT', 'actions/c10/a', { ...action, parameters: entries({ ak: 'av', both: 'action' }) });
    const whole = await rest('GET', 'actions/c10/a');
    expect(asMap(whole.json.parameters)).to.deep.equal({ pk: 'pv', ak: 'av', both: 'action' });
    expect(whole.json.exec.code).to.equal(CODE);
    const { json } = await rest('GET', 'actions/c10/a?code=false');
    expect(json.exec).to.deep.equal({ kind: 'nodejs:20', binary: false });
    expect(asMap(json.parameters)).to.deep.equal({ pk: 'pv', ak: 'av', both: 'action' });
  });

  it('ow-crud-11: an unknown kind is refused; nodejs:default is nodejs:20', async () => {
    const { status, json } = await rest('PUT', 'actions/t/c11', { exec: { kind: 'nodejs:22', code: CODE } });
    expect(status).to.equal(400);
    const text =
      "The request content was malformed:\nThe specified runtime 'nodejs:22' is not supported by this platform. Valid values are:";
    expect(json.error.startsWith(text)).to.equal(true, json.error);
    const defaulted = await rest('PUT', 'actions/t/c11', { exec: { kind: 'nodejs:default', code: CODE } });
    expect(defaulted.json.exec.kind).to.equal('nodejs:20');
    expect(asMap(defaulted.json.annotations)['exec']).to.equal('nodejs:20');
  });

  for (const [limits, text] of [
    [
      { timeout: 400000 },
      'requirement failed: duration 400000 milliseconds exceeds allowed threshold of 300000 milliseconds',
    ],
    [{ memory: 1024 }, 'requirement failed: memory size 1024 MB exceeds allowed threshold of 512 MB'],
    [{ concurrency: 2 }, 'requirement failed: concurrency 2 exceeds allowed threshold of 1'],
  ] as const) {
    it(`ow-crud-12: the limits ${JSON.stringify(limits)} are out of range`, async () => {
      const { status, json } = await rest('PUT', 'actions/t/c12', { ...action, limits });
      expect(status).to.equal(400);
      expect(json.error).to.equal(text);
    });
  }

  it('ow-crud-13: no exec, no JSON and a bad name are refused', async () => {
    const empty = await rest('PUT', 'actions/t/c13', {});
    expect([empty.status, empty.json.error]).to.deep.equal([400, 'exec undefined']);
    const broken = await rest('PUT', 'actions/t/c13', '{bad');
    expect(broken.status).to.equal(400);
    expect(broken.json.error).to.match(/^The request content was malformed:\n/);
    const named = await rest('PUT', 'actions/t/c13*', action);
    expect([named.status, named.json.error]).to.deep.equal([
      400,
      'The name of the entity contains illegal characters.',
    ]);
  });

  it('ow-crud-14: a sequence has resolved components and no parameters of its own', async () => {
    await rest('PUT', 'actions/t/c14', action);
    const { status, json } = await rest('PUT', 'actions/t/c14s', {
      exec: { kind: 'sequence', components: ['/_/t/c14'] },
      parameters: entries({ k: 1 }),
    });
    expect(status).to.equal(200);
    expect(json.exec).to.deep.equal({ kind: 'sequence', components: [`/${host.ns}/t/c14`] });
    expect(json.parameters).to.deep.equal([{ key: '_actions', value: [`/${host.ns}/t/c14`] }]);
  });

  it('ow-crud-15: a sequence needs components that exist', async () => {
    const missing = await rest('PUT', 'actions/t/c15', { exec: { kind: 'sequence', components: ['/_/t/nope'] } });
    expect([missing.status, missing.json.error]).to.deep.equal([400, 'Sequence component does not exist.']);
    const none = await rest('PUT', 'actions/t/c15', { exec: { kind: 'sequence', components: [] } });
    expect([none.status, none.json.error]).to.deep.equal([400, 'No component specified for the sequence.']);
  });

  it('ow-crud-16: a rule needs an action and a trigger that exist', async () => {
    await rest('PUT', 'triggers/c16t', {});
    await rest('PUT', 'actions/t/c16', action);
    const noAction = await rest('PUT', 'rules/c16', { trigger: '/_/c16t', action: '/_/t/nope' });
    expect([noAction.status, noAction.json.error]).to.deep.equal([400, `action /${host.ns}/t/nope does not exist`]);
    const noTrigger = await rest('PUT', 'rules/c16', { trigger: '/_/nope', action: '/_/t/c16' });
    expect([noTrigger.status, noTrigger.json.error]).to.deep.equal([400, `trigger /${host.ns}/nope does not exist`]);
  });

  it('ow-crud-17: a new rule is active; lists of rules have no status', async () => {
    await rest('PUT', 'triggers/c17t', {});
    await rest('PUT', 'actions/t/c17', action);
    const { status, json } = await rest('PUT', 'rules/c17', {
      status: '',
      trigger: '/_/c17t',
      action: `/${host.ns}/t/c17`,
    });
    expect(status).to.equal(200);
    expect(json.status).to.equal('active');
    expect(json.action).to.deep.equal({ name: 'c17', path: `${host.ns}/t` });
    expect(json.trigger).to.deep.equal({ name: 'c17t', path: host.ns });
    const rules = await host.list('rules');
    expect(rules).not.to.have.lengthOf(0);
    for (const rule of rules) expect(rule).not.to.have.property('status');
  });

  it('ow-crud-18: a trigger shows its rules, and its deletion leaves them inactive', async () => {
    await rest('PUT', 'triggers/c18t', {});
    await rest('PUT', 'actions/t/c18', action);
    await rest('PUT', 'rules/c18', { trigger: '/_/c18t', action: '/_/t/c18' });
    const trigger = await rest('GET', 'triggers/c18t');
    expect(trigger.json.rules).to.deep.equal({
      [`${host.ns}/c18`]: { action: { name: 'c18', path: `${host.ns}/t` }, status: 'active' },
    });
    expect((await rest('DELETE', 'triggers/c18t')).status).to.equal(200);
    expect((await rest('GET', 'rules/c18')).json.status).to.equal('inactive');
  });

  it('keeps a rule inactive when it is overwritten', async () => {
    await rest('PUT', 'triggers/c18u', {});
    await rest('PUT', 'actions/t/c18u', action);
    const rule = { trigger: '/_/c18u', action: '/_/t/c18u' };
    await rest('PUT', 'rules/c18r', rule);
    const answer = await rest('POST', 'rules/c18r', { status: 'inactive' });
    expect([answer.status, answer.text]).to.deep.equal([200, 'OK']);
    expect((await rest('PUT', 'rules/c18r?overwrite=true', rule)).json.status).to.equal('inactive');
    expect((await rest('POST', 'rules/c18r', { status: 'bogus' })).status).to.equal(400);
  });

  it('ow-crud-19: a package with entities is only deleted by force, with its actions', async () => {
    await rest('PUT', 'packages/c19', {});
    await rest('PUT', 'actions/c19/a', action);
    await rest('PUT', 'actions/c19/b', action);
    const refused = await rest('DELETE', 'packages/c19');
    expect(refused.status).to.equal(409);
    expect(refused.json.error).to.equal(
      'Package not empty (contains 2 entities). Set force param or delete package contents.',
    );
    expect((await rest('DELETE', 'packages/c19?force=true')).status).to.equal(200);
    expect((await rest('GET', 'actions/c19/a')).status).to.equal(404);
  });

  it('ow-crud-20: a deletion answers the document, and then there is nothing', async () => {
    await rest('PUT', 'actions/t/c20', action);
    const { status, json } = await rest('DELETE', 'actions/t/c20');
    expect(status).to.equal(200);
    expect(json.name).to.equal('c20');
    for (const method of ['DELETE', 'GET']) {
      const gone = await rest(method, 'actions/t/c20');
      expect([gone.status, gone.json.error]).to.deep.equal([404, 'The requested resource does not exist.']);
    }
  });

  it('ow-crud-21: packages, triggers, rules and package-less actions share one set of names', async () => {
    await rest('PUT', 'packages/c21', {});
    for (const [path, body] of [
      ['triggers/c21', {}],
      ['actions/c21', action],
    ] as const) {
      const { status, json } = await rest('PUT', path, body);
      expect([status, json.error]).to.deep.equal([409, 'Resource by this name exists but is not in this collection.']);
    }
  });

  it('refuses an action in a package that is not there', async () => {
    expect((await rest('PUT', 'actions/nope/a', action)).status).to.equal(404);
  });

  it('lists what a package holds, page by page', async () => {
    await rest('PUT', 'packages/list', {});
    for (const name of ['a', 'b', 'c']) await rest('PUT', `actions/list/${name}`, action);
    const names = async (query: string): Promise<string[]> =>
      (await host.list(`actions/list/?${query}`)).map(({ name }) => name);
    expect(await names('')).to.have.members(['a', 'b', 'c']);
    const pages = [...(await names('limit=2')), ...(await names('limit=2&skip=2'))];
    expect(pages).to.have.members(['a', 'b', 'c']);
    expect((await rest('GET', 'actions/list/?count=true')).json).to.deep.equal({ actions: 3 });
    const { json } = await rest('GET', 'packages/list');
    expect(json.actions.map(({ name }) => name)).to.have.members(['a', 'b', 'c']);
    expect(json.feeds).to.deep.equal([]);
  });

  it('ow-invoke: a new PUT is effective at the next call', async () => {
    for (const answer of ['one', 'two']) {
      await host.action('versions', `function main() { return { answer: '${answer}' } }`);
      expect((await host.invoke('versions')).json.response.result).to.deep.equal({ answer });
    }
  });
});
