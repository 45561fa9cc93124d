import { expect } from 'chai';
import { parseBenchArgs } from '../../bench/parse-bench-args.ts';

const STORE = 'http://admin:p%40ss@127.0.0.1:5984';
const KEY = '23bc46b1-71f6-4ed5-8c54-816aa4f8c502:sesame';

describe('the arguments of npm run bench', () => {
  it('are a name and options, in any order', () => {
    expect(parseBenchArgs(['--json', 'host', '--kill'])).to.deep.equal({
      name: 'host --kill',
      isJson: true,
      isHelp: false,
      servers: {},
    });
    expect(
      parseBenchArgs(['--store', STORE, 'cost', '--auth', KEY, '--openwhisk', 'https://ow.example.com/']),
    ).to.deep.equal({
      name: 'cost',
      isJson: false,
      isHelp: false,
      servers: { store: STORE, openwhisk: { url: 'https://ow.example.com', auth: KEY } },
    });
    expect(parseBenchArgs(['race', `--store=${STORE}`])).to.deep.include({ name: 'race', servers: { store: STORE } });
  });

  const misuses: readonly (readonly [what: string, args: readonly string[], message: string])[] = [
    ['a store without address', ['race', '--store'], '--store is given without a value.'],
    ['a store whose address is an option', ['race', '--store', '--json'], '--store is given without a value.'],
    ['two stores', ['race', '--store', STORE, '--store', STORE], '--store is given twice.'],
    ['a store that is no address', ['race', '--store', 'localhost'], '--store is no http or https address.'],
    ['a store of another kind', ['race', '--store', 'ftp://a:b@c'], '--store is no http or https address.'],
    [
      'a store without its administrator',
      ['race', '--store', 'http://127.0.0.1:5984'],
      '--store needs the name and the password of an administrator in its address: http://name:password@host:5984.',
    ],
    [
      'a database in the place of a store',
      ['race', '--store', `${STORE}/mine`],
      '--store has more than the server in its address: "mine".',
    ],
    [
      'a host without key',
      ['cost', '--openwhisk', 'http://ow'],
      '--openwhisk and --auth go together: the host, and a key.',
    ],
    ['a key without host', ['cost', '--auth', KEY], '--openwhisk and --auth go together: the host, and a key.'],
    [
      'a host with its key in the address',
      ['cost', '--openwhisk', 'http://a:b@ow', '--auth', KEY],
      '--openwhisk has no key in its address: that is what --auth is for.',
    ],
    [
      'a key that is none',
      ['cost', '--openwhisk', 'http://ow', '--auth', 'sesame'],
      '--auth is no key of OpenWhisk: that is uuid:key.',
    ],
    [
      'a host whose address names its API',
      ['cost', '--openwhisk', 'http://ow/api/v1', '--auth', KEY],
      '--openwhisk has more than the server in its address: "api/v1".',
    ],
  ];
  for (const [what, args, message] of misuses) {
    it(`are misuse with ${what}, and no key is repeated`, () => {
      expect(parseBenchArgs(args)).to.equal(message);
      expect(message).not.to.contain('sesame').and.not.contain('p%40ss');
    });
  }
});
