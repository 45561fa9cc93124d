import { expect } from 'chai';
import { asMap } from '../../local/host/support/body.ts';
import { entries } from '../../support/openwhisk-entities.ts';
import { type Answered, useHost } from './support/use-host.ts';

const CODE = 'function main(p) { return p }';
const NOT_THERE = 'The requested resource does not exist.';

const told = ({ status, json }: Answered) => [status, json.error];

describe('contract of OpenWhisk: crud', () => {
  const host = useHost('crud');
  const action = (more: object = {}) => ({ exec: { kind: host.kind, code: CODE }, ...more });
  const put = (name: string, content: object = action()) => host.rest('PUT', `actions/${host.pkg}/${name}`, content);
  const overwrite = (name: string, content: object) =>
    host.rest('PUT', `actions/${host.pkg}/${name}?overwrite=true`, content);
  const sequenceOf = (...components: string[]) => ({ exec: { kind: 'sequence', components } });
  const rule = (trigger: string, name: string) => ({ trigger: `/_/${trigger}`, action: `/_/${host.pkg}/${name}` });

  it('ow-crud-01: a new package answers 200 with its whole document', async () => {
    const name = host.name('c01');
    const content = { parameters: entries({ k: 1 }), annotations: entries({ a: 'x' }) };
    const { status, json } = await host.rest('PUT', `packages/${name}`, content);
    expect(status).to.equal(200);
    expect(json).to.include({ name, namespace: host.ns, version: '0.0.1', publish: false });
    expect(json.binding).to.deep.equal({});
    expect(asMap(json.parameters)).to.deep.equal({ k: 1 });
    expect(asMap(json.annotations)).to.include({ a: 'x' });
  });

  it('ow-crud-02: a second PUT without overwrite is a 409, for packages, actions, triggers and rules', async () => {
    const [trigger, ruleName] = [host.name('c02t'), host.name('c02r')];
    const puts: readonly [string, object][] = [
      [`packages/${host.name('c02')}`, {}],
      [`actions/${host.pkg}/c02`, action()],
      [`triggers/${trigger}`, {}],
      [`rules/${ruleName}`, rule(trigger, 'c02')],
    ];
    for (const [path, body] of puts) {
      expect((await host.rest('PUT', path, body)).status, path).to.equal(200);
      const { status, json, headers } = await host.rest('PUT', path, body);
      expect(status, path).to.equal(409);
      expect(json, path).to.deep.equal({ code: headers['x-request-id'], error: 'resource already exists' });
    }
  });

  it('ow-crud-03: a new action has its code as sent, version 0.0.1 and the default limits', async () => {
    const { status, json } = await put('c03');
    expect(status).to.equal(200);
    expect(json.exec).to.deep.equal({ kind: host.kind, code: CODE, binary: false });
    expect(json).to.include({ namespace: `${host.ns}/${host.pkg}`, name: 'c03', version: '0.0.1' });
    expect(json.limits).to.deep.include({ concurrency: 1, logs: 10, memory: 256, timeout: 60000 });
  });

  it('ow-crud-04: without annotations an action gets provide-api-key and exec, a sequence too', async () => {
    const plain = await put('c04');
    expect(asMap(plain.json.annotations)).to.deep.equal({ 'provide-api-key': false, exec: host.kind });
    const sequence = await put('c04s', sequenceOf(`/_/${host.pkg}/c04`));
    expect(asMap(sequence.json.annotations)).to.deep.equal({ 'provide-api-key': false, exec: 'sequence' });
  });

  it('ow-crud-05: web-export alone adds neither final nor raw-http', async () => {
    const { json } = await put('c05', action({ annotations: entries({ 'web-export': true }) }));
    expect(asMap(json.annotations)).to.include({ 'web-export': true }).and.not.to.have.any.keys('final', 'raw-http');
  });

  it('ow-crud-06: an overwrite with {} keeps code, parameters, annotations and limits, and raises the version', async () => {
    const own = { parameters: entries({ k: 1 }), annotations: entries({ foo: 1 }), limits: { timeout: 5000 } };
    await put('c06', action(own));
    const { status, json } = await overwrite('c06', {});
    expect([status, json.version, json.exec.code]).to.deep.equal([200, '0.0.2', CODE]);
    expect(asMap(json.parameters)).to.deep.equal({ k: 1 });
    expect(asMap(json.annotations)).to.include({ foo: 1 });
    expect(json.limits).to.include({ timeout: 5000 });
  });

  it('ow-crud-07: annotations merge', async () => {
    await put('c07', action({ annotations: entries({ foo: 1 }) }));
    const { json } = await overwrite('c07', { annotations: entries({ bar: 2 }) });
    expect(asMap(json.annotations)).to.include({ foo: 1, bar: 2 });
  });

  it('ow-crud-08: delAnnotations takes one away and keeps all else', async () => {
    await put('c08', action({ annotations: entries({ foo: 1, bar: 2 }), parameters: entries({ k: 1 }) }));
    const { json } = await overwrite('c08', { delAnnotations: ['foo'] });
    expect(asMap(json.annotations)).to.include({ bar: 2 }).and.not.to.have.property('foo');
    expect(json.exec.code).to.equal(CODE);
    expect(asMap(json.parameters)).to.deep.equal({ k: 1 });
  });

  it('ow-crud-09: parameters are replaced as a whole, kept when left out, cleared by []', async () => {
    await put('c09', action({ parameters: entries({ k: 1, l: 2 }) }));
    const replaced = await overwrite('c09', { parameters: entries({ l: 3, m: 4 }) });
    expect(asMap(replaced.json.parameters)).to.deep.equal({ l: 3, m: 4 });
    const kept = await overwrite('c09', { annotations: [] });
    expect(asMap(kept.json.parameters)).to.deep.equal({ l: 3, m: 4 });
    const cleared = await overwrite('c09', { parameters: [] });
    expect(cleared.json.parameters).to.deep.equal([]);
  });

  it("ow-crud-10: a read action shows its package's parameters; code=false leaves only the code out", async () => {
    const own = host.name('c10');
    await host.rest('PUT', `packages/${own}`, { parameters: entries({ pk: 'pv' }) });
    await host.rest('PUT', `actions/${own}/a`, action({ parameters: entries({ ak: 'av' }) }));
    const whole = await host.rest('GET', `actions/${own}/a`);
    expect(asMap(whole.json.parameters)).to.deep.equal({ pk: 'pv', ak: 'av' });
    expect(whole.json.exec.code).to.equal(CODE);
    const { json } = await host.rest('GET', `actions/${own}/a?code=false`);
    expect(json.exec).to.include({ kind: host.kind }).and.not.to.have.property('code');
    expect(asMap(json.parameters)).to.deep.equal({ pk: 'pv', ak: 'av' });
  });

  it('ow-crud-11: an unknown kind is refused', async () => {
    const kind = ['nodejs:22', 'nodejs:23', 'nodejs:none'].find((each) => !host.kinds.includes(each)) ?? '';
    const { status, json } = await put('c11', { exec: { kind, code: CODE } });
    expect(status).to.equal(400);
    const text = `The request content was malformed:\nThe specified runtime '${kind}' is not supported by this platform. Valid values are:`;
    expect(json.error.slice(0, text.length)).to.equal(text);
  });

  it('ow-crud-12: limits out of range are refused', async () => {
    const { maxTimeoutMs, maxMemoryMb, maxConcurrency } = host;
    const [timeout, memory, concurrency] = [maxTimeoutMs + 1, maxMemoryMb + 1, maxConcurrency + 1];
    const threshold = 'exceeds allowed threshold of';
    const late = await put('c12', action({ limits: { timeout } }));
    const duration = `requirement failed: duration ${timeout} milliseconds ${threshold} ${maxTimeoutMs} milliseconds`;
    expect(told(late)).to.deep.equal([400, duration]);
    const large = await put('c12', action({ limits: { memory } }));
    const size = `requirement failed: memory size ${memory} MB ${threshold} ${maxMemoryMb} MB`;
    expect(told(large)).to.deep.equal([400, size]);
    const many = await put('c12', action({ limits: { concurrency } }));
    const at = `requirement failed: concurrency ${concurrency} ${threshold} ${maxConcurrency}`;
    expect(told(many)).to.deep.equal([400, at]);
  });

  it('ow-crud-13: no exec, no JSON and a bad name are refused', async () => {
    expect(told(await put('c13', {}))).to.deep.equal([400, 'exec undefined']);
    const broken = await host.rest('PUT', `actions/${host.pkg}/c13`, '{bad');
    expect(broken.status).to.equal(400);
    expect(broken.json.error).to.match(/^The request content was malformed:\n/);
    expect(told(await put('c13*'))).to.deep.equal([400, 'The name of the entity contains illegal characters.']);
  });

  it('ow-crud-14: a sequence has resolved components and no parameters of its own', async () => {
    await put('c14');
    const { status, json } = await put('c14s', {
      ...sequenceOf(`/_/${host.pkg}/c14`),
      parameters: entries({ k: 1 }),
    });
    const components = [`/${host.ns}/${host.pkg}/c14`];
    expect(status).to.equal(200);
    expect(json.exec).to.deep.equal({ kind: 'sequence', components });
    expect(json.parameters).to.deep.equal([{ key: '_actions', value: components }]);
  });

  it('ow-crud-15: a sequence needs components that exist', async () => {
    const missing = await put('c15', sequenceOf(`/_/${host.pkg}/nope`));
    expect(told(missing)).to.deep.equal([400, 'Sequence component does not exist.']);
    expect(told(await put('c15', sequenceOf()))).to.deep.equal([400, 'No component specified for the sequence.']);
  });

  it('ow-crud-16: a rule needs an action and a trigger that exist', async () => {
    const [trigger, path] = [host.name('c16t'), `rules/${host.name('c16')}`];
    await host.rest('PUT', `triggers/${trigger}`, {});
    await put('c16');
    const noAction = await host.rest('PUT', path, rule(trigger, 'nope'));
    expect(told(noAction)).to.deep.equal([400, `action /${host.ns}/${host.pkg}/nope does not exist`]);
    const noTrigger = await host.rest('PUT', path, rule(host.name('nope'), 'c16'));
    expect(told(noTrigger)).to.deep.equal([400, `trigger /${host.ns}/${host.name('nope')} does not exist`]);
  });

  it('ow-crud-17: a new rule is active; lists of rules have no status', async () => {
    const [trigger, name] = [host.name('c17t'), host.name('c17')];
    await host.rest('PUT', `triggers/${trigger}`, {});
    await put('c17');
    const { status, json } = await host.rest('PUT', `rules/${name}`, rule(trigger, 'c17'));
    expect([status, json.status]).to.deep.equal([200, 'active']);
    expect(json.action).to.deep.equal({ name: 'c17', path: `${host.ns}/${host.pkg}` });
    expect(json.trigger).to.deep.equal({ name: trigger, path: host.ns });
    const listed = (await host.list('rules?limit=200')).find((each) => each.name === name);
    expect(listed).to.include({ name }).and.not.to.have.property('status');
  });

  it('ow-crud-18: a trigger shows its rules, and its deletion leaves them inactive', async () => {
    const [trigger, name] = [host.name('c18t'), host.name('c18')];
    await host.rest('PUT', `triggers/${trigger}`, {});
    await put('c18');
    await host.rest('PUT', `rules/${name}`, rule(trigger, 'c18'));
    const { json } = await host.rest('GET', `triggers/${trigger}`);
    expect(json.rules).to.deep.equal({
      [`${host.ns}/${name}`]: { action: { name: 'c18', path: `${host.ns}/${host.pkg}` }, status: 'active' },
    });
    expect((await host.rest('DELETE', `triggers/${trigger}`)).status).to.equal(200);
    expect((await host.rest('GET', `rules/${name}`)).json.status).to.equal('inactive');
  });

  it('ow-crud-19: a package with entities is only deleted by force, with its actions', async () => {
    const own = host.name('c19');
    await host.rest('PUT', `packages/${own}`, {});
    for (const name of ['a', 'b']) await host.rest('PUT', `actions/${own}/${name}`, action());
    const text = 'Package not empty (contains 2 entities). Set force param or delete package contents.';
    expect(told(await host.rest('DELETE', `packages/${own}`))).to.deep.equal([409, text]);
    expect((await host.rest('DELETE', `packages/${own}?force=true`)).status).to.equal(200);
    expect((await host.rest('GET', `actions/${own}/a`)).status).to.equal(404);
  });

  it('ow-crud-20: a deletion answers the document, and then there is nothing', async () => {
    await put('c20');
    const path = `actions/${host.pkg}/c20`;
    const { status, json } = await host.rest('DELETE', path);
    expect([status, json.name]).to.deep.equal([200, 'c20']);
    expect(told(await host.rest('DELETE', path))).to.deep.equal([404, NOT_THERE]);
    expect(told(await host.rest('GET', path))).to.deep.equal([404, NOT_THERE]);
  });

  it('ow-crud-21: packages, triggers, rules and package-less actions share one set of names', async () => {
    const [name, trigger] = [host.name('c21'), host.name('c21t')];
    await host.rest('PUT', `packages/${name}`, {});
    await host.rest('PUT', `triggers/${trigger}`, {});
    await put('c21');
    const text = 'Resource by this name exists but is not in this collection.';
    for (const [path, body] of [
      [`triggers/${name}`, {}],
      [`actions/${name}`, action()],
      [`rules/${name}`, rule(trigger, 'c21')],
      [`packages/${trigger}`, {}],
    ] as const) {
      expect(told(await host.rest('PUT', path, body)), path).to.deep.equal([409, text]);
    }
  });
});
