import { expect } from 'chai';
import { checkHostSettings, hostSettingsOf } from '../../src/deploy/host-settings.ts';

const GOOD = { OPENWHISK_APIHOST: 'ow.example', OPENWHISK_AUTH: 'made-up:key' };

describe('the settings of the host', () => {
  it('are an address, a key and a namespace, which is the key’s own where none is said', () => {
    const { host, auth, namespace } = hostSettingsOf({ ...GOOD, OPENWHISK_NAMESPACE: '' });
    expect([host.origin, auth, namespace]).to.deep.equal(['https://ow.example', 'made-up:key', '_']);
    expect(hostSettingsOf({ ...GOOD, OPENWHISK_NAMESPACE: 'acme' }).namespace).to.equal('acme');
  });

  const bad: readonly [string, Record<string, string>, readonly string[]][] = [
    ['nothing', {}, ['OPENWHISK_APIHOST', 'OPENWHISK_AUTH']],
    ['empty texts', { OPENWHISK_APIHOST: '', OPENWHISK_AUTH: '' }, ['OPENWHISK_APIHOST', 'OPENWHISK_AUTH']],
    ['an address with a path', { ...GOOD, OPENWHISK_APIHOST: 'https://ow.example/api/v1' }, ['OPENWHISK_APIHOST']],
    ['a key that wskdeploy would misread', { ...GOOD, OPENWHISK_AUTH: 'made=up' }, ['OPENWHISK_AUTH']],
    ['a key with a line feed', { ...GOOD, OPENWHISK_AUTH: 'made-up:key\n' }, ['OPENWHISK_AUTH']],
    ['a namespace with a space', { ...GOOD, OPENWHISK_NAMESPACE: 'made up' }, ['OPENWHISK_NAMESPACE']],
  ];
  for (const [title, env, names] of bad) {
    it(`are refused by name, without a value: ${title}`, () => {
      const problems = checkHostSettings(env);
      expect(problems.map((problem) => /OPENWHISK_\w+/.exec(problem)?.[0])).to.deep.equal(names);
      expect(problems.join()).not.to.contain('made');
      expect(() => hostSettingsOf(env)).to.throw(names[0] ?? '');
    });
  }
});
