import { expect } from 'chai';
import { asMap } from '../../local/host/support/body.ts';
import { useHost } from './support/use-host.ts';
import { useWskdeploy } from './support/wskdeploy.ts';

const ECHO = 'function main(params) { return { body: params } }\n';

/** A zip with `index.js` (`exports.main`) deflated and one more file, made with Python's zipfile. */
const ZIP =
  'UEsDBBQAAAAIAAAAIQBOOU7lWwAAAHEAAAAIAAAAaW5kZXguanNNzEEKgCAURdF5q3gzFULnRu2l6EdGpX0NomjvkTRoerhcOoLnFPXSuhU1pE' +
  'LdQF4Y2C8W4nRBlOiJggXTtjsmKbSZXWde1FMUCreqCvo+Po3E/1EGi8Q75fABUEsDBBQAAAAAAAAAIQCRCcN9GwAAABsAAAALAAAAbGliL2Rl' +
  'ZXAuanNtb2R1bGUuZXhwb3J0cyA9ICdzdG9yZWQnOwpQSwECFAMUAAAACAAAACEATjlO5VsAAABxAAAACAAAAAAAAAAAAAAAgAEAAAAAaW5kZX' +
  'guanNQSwECFAMUAAAAAAAAACEAkQnDfRsAAAAbAAAACwAAAAAAAAAAAAAAgAGBAAAAbGliL2RlZXAuanNQSwUGAAAAAAIAAgBvAAAAxQAAAAAA';

describe('contract of OpenWhisk: wskdeploy', () => {
  const host = useHost('wskdeploy');
  const tool = useWskdeploy(host);
  /** Writes a manifest of one package whose name is of this run alone. @returns the package's name. */
  const manifest = async (suffix: string, content: string): Promise<string> => {
    const name = host.name(suffix);
    host.note(`packages/${name}`);
    await tool.write('a.js', ECHO);
    const head = `project:\n  name: ${name}\n  packages:\n    ${name}:\n`;
    await tool.write('manifest.yaml', head + content.replace(/^/gm, '      '));
    return name;
  };
  const withInputs = (inputs: string): string =>
    `actions:\n  a:\n    function: a.js\n    runtime: ${host.kind}\n    inputs:\n${inputs.replace(/^/gm, '      ')}\n`;
  const inputsOf = async (name: string) => asMap((await host.rest('GET', `actions/${name}/a`)).json.parameters);
  const annotationsOf = async (path: string) => asMap((await host.rest('GET', `actions/${path}`)).json.annotations);
  const whole = (name: string): string => `actions:
  a: { function: a.js, runtime: '${host.kind}' }
  b: { function: a.js, runtime: '${host.kind}' }
sequences:
  s: { actions: "a, b" }
triggers:
  ${name}-t: {}
rules:
  ${name}-r: { trigger: ${name}-t, action: a }
`;
  const wholeManifest = async (suffix: string): Promise<string> => {
    const name = host.name(suffix);
    host.note(`triggers/${name}-t`);
    host.note(`rules/${name}-r`);
    return manifest(suffix, whole(name));
  };

  it('ow-wskdeploy-01: a deploy sends package, actions, sequences, triggers and rules, each with overwrite', async () => {
    const name = await wholeManifest('w01');
    const { code, requests, text } = await tool.run();
    expect(code, text).to.equal(0);
    const put = (path: string): string => `PUT ${path}?overwrite=true`;
    const [get, pkg, ...rest] = requests;
    expect([get, pkg]).to.deep.equal(['GET /', put(`packages/${name}`)]);
    expect(rest.slice(0, 2)).to.have.members([put(`actions/${name}/a`), put(`actions/${name}/b`)]);
    expect(rest.slice(2)).to.deep.equal([
      put(`actions/${name}/s`),
      put(`triggers/${name}-t`),
      put(`rules/${name}-r`),
      `POST rules/${name}-r`,
    ]);
  });

  it('ow-wskdeploy-02: web and raw set three annotations, on sequences too', async () => {
    const of = (web: string) => `{ function: a.js, runtime: '${host.kind}', web: ${web} }`;
    const name = await manifest(
      'w02',
      `actions:
  open: ${of('true')}
  raw: ${of('raw')}
sequences:
  sopen: { actions: open, web: true }
  sraw: { actions: open, web: raw }
`,
    );
    expect(await tool.run()).to.include({ code: 0 });
    for (const action of ['open', 'sopen', 'raw', 'sraw']) {
      const isRaw = action.endsWith('raw');
      const expected = { 'web-export': true, 'raw-http': isRaw, final: true };
      expect(await annotationsOf(`${name}/${action}`), action).to.include(expected);
    }
  });

  it('ow-wskdeploy-03: a missing variable is an empty secret of a sequence, which an empty header opens', async () => {
    const name = await manifest(
      'w03',
      `actions:
  a: { function: a.js, runtime: '${host.kind}' }
sequences:
  s:
    actions: a
    web: raw
    annotations: { require-whisk-auth: "\${NOT_THERE}" }
`,
    );
    const { code } = await tool.run();
    expect(code).to.equal(0);
    const url = `${host.ns}/${name}/s`;
    expect((await host.webAt(url)).status).to.equal(401);
    expect((await host.webAt(url, { headers: { 'x-require-whisk-auth': '' } })).status).to.equal(200);
  });

  it('ow-wskdeploy-04: an empty secret of an action is refused', async () => {
    const action = `{ function: a.js, runtime: '${host.kind}', web: true, annotations: { require-whisk-auth: "" } }`;
    await manifest('w04', `actions:\n  a: ${action}\n`);
    const { code, text } = await tool.run();
    expect(code).to.equal(255);
    expect(text).to.contain('Unable to secure the web action');
  });

  it('ow-wskdeploy-05: a required input that is missing or empty stops it before it sends anything', async () => {
    await manifest('w05', withInputs(`needed_input: { type: string, required: true, value: "\${THE_VARIABLE}" }`));
    for (const env of [{}, { THE_VARIABLE: '' }]) {
      const { code, text, requests } = await tool.run([], env);
      expect(code).to.equal(255);
      expect(text).to.contain('needed_input');
      expect(requests).to.deep.equal(['GET /']);
    }
  });

  it('ow-wskdeploy-06: variables are filled in by wskdeploy’s own rules', async () => {
    const name = await manifest(
      'w06',
      withInputs(`whole: "$V"
rest: "$V.x"
inside: "a-\${V}-z"
escaped: "$\${V}"
unset: "$ecret"
kept: "pa$$word"
late: "a$V"`),
    );
    expect(await tool.run([], { V: 'value' })).to.include({ code: 0 });
    expect(await inputsOf(name)).to.deep.equal({
      whole: 'value',
      rest: '',
      inside: 'a-value-z',
      escaped: `\${V}`,
      unset: '',
      kept: 'pa$$word',
      late: 'a$V',
    });
  });

  it('ow-wskdeploy-07: values of variables are strings; maps are filled, arrays and JSON texts are not', async () => {
    const name = await manifest(
      'w07',
      withInputs(`port: "\${PORT}"
map: { type: json, value: { a: { b: "\${PORT}" } } }
list: { value: ["\${PORT}"] }
text: { type: json, value: '{"a":"\${PORT}"}' }`),
    );
    const { code, text } = await tool.run([], { PORT: '8080' });
    expect(code, text).to.equal(0);
    expect(await inputsOf(name)).to.deep.equal({
      port: '8080',
      map: { a: { b: '8080' } },
      list: [`\${PORT}`],
      text: { a: `\${PORT}` },
    });
  });

  it('ow-wskdeploy-08: a variable without quotes inside a flow mapping is an error', async () => {
    await manifest('w08', withInputs(`x: { type: string, value: \${X} }`));
    expect(await tool.run([], { X: 'x' })).to.include({ code: 255 });
  });

  it('ow-wskdeploy-09: a preview sends nothing but GET /, and prints the values of inputs', async () => {
    const name = await manifest('w09', withInputs(`secret: "\${SECRET}"`));
    const { code, text, requests } = await tool.run(['--preview'], { SECRET: 'seen-by-everybody' });
    expect(code).to.equal(0);
    expect(text).to.contain('seen-by-everybody');
    expect(requests).to.deep.equal(['GET /']);
    expect((await host.rest('GET', `packages/${name}`)).status).to.equal(404);
  });

  it('ow-wskdeploy-10: undeploy deletes rules, triggers, sequences, actions and the package, and may be repeated', async () => {
    const name = await wholeManifest('w10');
    await tool.run();
    const { code, requests } = await tool.run(['undeploy']);
    expect(code).to.equal(0);
    const of = (path: string): readonly string[] => [`GET ${path}`, `DELETE ${path}`];
    const paths = requests.slice(1).map((request) => request.replace(/\?.*/, ''));
    expect(paths.slice(0, 6)).to.deep.equal([
      ...of(`rules/${name}-r`),
      ...of(`triggers/${name}-t`),
      ...of(`actions/${name}/s`),
    ]);
    expect(paths.slice(6, -2)).to.have.members([...of(`actions/${name}/a`), ...of(`actions/${name}/b`)]);
    expect(paths.slice(-2)).to.deep.equal(of(`packages/${name}`));
    expect(await tool.run(['undeploy'])).to.include({ code: 0 });
  });

  it('ow-wskdeploy-11: sync deletes what it made before and is no more in the manifest, and nothing else', async () => {
    const of = (names: readonly string[]): string =>
      `actions:\n${names.map((each) => `  ${each}: { function: a.js, runtime: '${host.kind}' }\n`).join('')}`;
    const name = await manifest('w11', of(['stays', 'goes']));
    expect(await tool.run(['sync'])).to.include({ code: 0 });
    expect(await annotationsOf(`${name}/stays`)).to.include.keys('whisk-managed');
    await host.rest('PUT', `actions/${name}/foreign`, { exec: { kind: host.kind, code: ECHO } });
    await manifest('w11', of(['stays']));
    const { code, requests } = await tool.run(['sync']);
    expect(code).to.equal(0);
    expect(requests.filter((request) => request.startsWith('DELETE'))).to.deep.equal([`DELETE actions/${name}/goes`]);
    const left = (await host.rest('GET', `packages/${name}`)).json.actions.map((action) => action.name);
    expect(left).to.have.members(['stays', 'foreign']);
  });

  it('ow-wskdeploy-12: an unknown kind is refused for a zip, and replaced by the default one for a .js file', async () => {
    const kind = ['nodejs:22', 'nodejs:23', 'nodejs:none'].find((each) => !host.kinds.includes(each)) ?? '';
    await tool.write('a.zip', Buffer.from(ZIP, 'base64'));
    await manifest('w12', `actions:\n  a: { function: a.zip, runtime: '${kind}' }\n`);
    const zip = await tool.run();
    expect(zip.code).to.equal(255);
    expect(zip.text)
      .to.contain(`Invalid or missing runtime [${kind}]`)
      .and.to.match(/Supported Runtimes \[.*nodejs:default/);
    const name = await manifest('w12', `actions:\n  a: { function: a.js, runtime: '${kind}' }\n`);
    expect(await tool.run()).to.include({ code: 0 });
    expect((await host.rest('GET', `actions/${name}/a`)).json.exec.kind).to.equal(host.kind);
  });
});
