import { expect } from 'chai';
import type { ChainFile } from '../../../src/core/chains/chain-file.ts';
import { compileChains } from '../../support/compile-chains.ts';
import { chain } from './chain-builders.ts';

const EXTRACT = 'b4a3cf85-0000-4000-8000-000000000001';
const REPORT = 'b4a3cf85-0000-4000-8000-000000000002';
const FOREIGN = 'b4a3cf85-0000-4000-8000-000000000003';

/** Without the warning about the short ids that apps have in most of these tests. */
const summary = (files: ChainFile[]) =>
  compileChains(files)
    .problems.filter(({ code }) => code !== 'ID_NOT_UUID')
    .map(({ code, file, path }) => `${code} ${file} ${path.join('.')}`);

describe('compiling chains', () => {
  it('makes one link of each clause, with the body and the clause of its entry', () => {
    const { compiled, problems } = compileChains([
      {
        file: 'sales.yaml',
        content: {
          chain: 'sales',
          apps: { extract: { id: EXTRACT, name: 'Sales extract' }, report: { id: REPORT, tenant: 'acme-eu' } },
          reloads: [
            {
              app: 'report',
              after: ['extract', { app: FOREIGN, on: 'failed' }],
              name: 'night',
              partial: true,
              variables: { vRegion: 'EMEA' },
              weight: 5,
            },
          ],
        },
      },
    ]);
    const report = { tenant: 'acme-eu', appId: REPORT };
    const shared = {
      chain: 'sales',
      target: report,
      clause: 'night',
      body: { partial: true, variables: { vRegion: 'EMEA' }, weight: 5 },
      paused: false,
    };
    expect(problems).to.deep.equal([]);
    expect(compiled).to.deep.equal({
      links: {
        [`default/${EXTRACT}`]: [{ ...shared, after: { tenant: 'default', appId: EXTRACT }, on: 'succeeded' }],
        [`default/${FOREIGN}`]: [{ ...shared, after: { tenant: 'default', appId: FOREIGN }, on: 'failed' }],
      },
      apps: {
        [`default/${EXTRACT}`]: { tenant: 'default', appId: EXTRACT, label: 'Sales extract', names: ['sales/extract'] },
        [`acme-eu/${REPORT}`]: { ...report, label: 'report', names: ['sales/report'] },
        [`default/${FOREIGN}`]: { tenant: 'default', appId: FOREIGN, label: FOREIGN, names: [] },
      },
    });
  });

  it('gives a plain link the clause s and an empty body', () => {
    const { compiled } = compileChains([
      chain('a', [{ app: 'y', after: 'x', partial: false, variables: {} }], ['x', 'y']),
    ]);
    expect(compiled?.links['default/id-x']?.map(({ clause, body }) => ({ clause, body }))).to.deep.equal([
      { clause: 's', body: {} },
    ]);
  });

  it('marks the links of a chain that is not enabled as paused', () => {
    const { content } = chain('a', [{ app: 'y', after: 'x' }], ['x', 'y']);
    const { compiled } = compileChains([{ file: 'a.yaml', content: content && { ...content, enabled: false } }]);
    expect(compiled?.links['default/id-x']?.map(({ paused }) => paused)).to.deep.equal([true]);
  });

  it('puts the links of one upstream in the order of chain name, then of the file', () => {
    const files = [
      chain('b', [{ app: 'y', after: 'x' }], ['x', 'y']),
      chain(
        'a',
        [
          { app: 'z', after: 'b/x' },
          { app: 'w', after: 'b/x' },
        ],
        ['z', 'w'],
      ),
    ];
    const targets = compileChains(files).compiled?.links['default/id-x']?.map(({ target }) => target.appId);
    expect(targets).to.deep.equal(['id-z', 'id-w', 'id-y']);
  });

  it('takes an app id in capitals for the same app, because Qlik writes ids in small letters', () => {
    const { compiled } = compileChains([
      { file: 'a.yaml', content: { chain: 'a', reloads: [{ app: REPORT, after: EXTRACT.toUpperCase() }] } },
    ]);
    expect(Object.keys(compiled?.links ?? {})).to.deep.equal([`default/${EXTRACT}`]);
  });

  it('knows an app id that another file names with its tenant', () => {
    const { compiled } = compileChains([
      { file: 'a.yaml', content: { chain: 'a', reloads: [{ app: REPORT, after: EXTRACT }] } },
      {
        file: 'b.yaml',
        content: {
          chain: 'b',
          apps: { extract: { id: EXTRACT, tenant: 'acme-eu' }, other: { id: FOREIGN } },
          reloads: [{ app: 'other', after: 'extract' }],
        },
      },
    ]);
    expect(compiled?.links[`acme-eu/${EXTRACT}`]?.map(({ chain: name }) => name)).to.deep.equal(['a', 'b']);
  });

  it('takes the same link in two chains with equal bodies', () => {
    const files = [
      chain('a', [{ app: 'y', after: 'x', variables: { p: '1', q: '2' } }], ['x', 'y']),
      chain('b', [{ app: 'a/y', after: 'a/x', variables: { q: '2', p: '1' }, weight: 1, partial: false }], []),
    ];
    expect(summary(files)).to.deep.equal([]);
    expect(compileChains(files).compiled?.links['default/id-x']).to.have.length(2);
  });

  it('compiles nothing while something is wrong', () => {
    expect(compileChains([chain('a', [{ app: 'y', after: 'y' }], ['y'])])).to.not.have.property('compiled');
  });

  it('compiles nothing while a file cannot be read', () => {
    const files = [chain('a', [{ app: 'y', after: 'x' }], ['x', 'y']), { file: 'b.yaml', content: null }];
    expect(compileChains(files)).to.deep.equal({ problems: [] });
  });

  it('calls the later file the second of two with one chain name, whatever the order', () => {
    const first = chain('a', [{ app: 'y', after: 'x' }], ['x', 'y']);
    const second = { ...chain('a', [{ app: 'w', after: 'v' }], ['v', 'w']), file: 'b.yaml' };
    expect(summary([second, first])).to.deep.equal(['SAME_CHAIN_NAME b.yaml chain']);
  });

  const cases: { when: string; files: ChainFile[]; found: string[] }[] = [
    {
      when: 'an app is unknown under after',
      files: [chain('a', [{ app: 'y', after: 'nobody' }], ['y'])],
      found: ['UNKNOWN_APP a.yaml reloads.0.after'],
    },
    {
      when: 'an app is unknown under app, in a list, and in a clause',
      files: [chain('a', [{ app: 'nobody', after: ['x', 'no-one', { app: 'none', on: 'any' }] }], ['x'])],
      found: [
        'UNKNOWN_APP a.yaml reloads.0.app',
        'UNKNOWN_APP a.yaml reloads.0.after.1',
        'UNKNOWN_APP a.yaml reloads.0.after.2.app',
      ],
    },
    {
      when: 'a short name is that of another file',
      files: [chain('a', [{ app: 'y', after: 'x' }], ['x', 'y']), chain('b', [{ app: 'z', after: 'x' }], ['z'])],
      found: ['UNKNOWN_APP b.yaml reloads.0.after'],
    },
    {
      when: 'a word that every JavaScript object has is no app',
      files: [chain('a', [{ app: 'x', after: 'constructor' }], ['x'])],
      found: ['UNKNOWN_APP a.yaml reloads.0.after'],
    },
    {
      when: 'a link stands twice in one file',
      files: [
        chain(
          'a',
          [
            { app: 'y', after: 'x' },
            { app: 'y', after: { app: 'x', on: 'succeeded' } },
          ],
          ['x', 'y'],
        ),
      ],
      found: ['SAME_LINK a.yaml reloads.1.after'],
    },
    {
      when: 'a list names one app twice',
      files: [chain('a', [{ app: 'y', after: ['x', 'x'] }], ['x', 'y'])],
      found: ['SAME_LINK a.yaml reloads.0.after.1'],
    },
    {
      when: 'two links differ in their variables only',
      files: [
        chain(
          'a',
          [
            { app: 'y', after: 'x' },
            { app: 'y', after: 'x', variables: { v: '1' } },
          ],
          ['x', 'y'],
        ),
      ],
      found: ['NAME_NEEDED a.yaml reloads.1.after'],
    },
    {
      when: 'two links of different files differ in weight, and one counts any end',
      files: [
        chain('a', [{ app: 'y', after: { app: 'x', on: 'any' } }], ['x', 'y']),
        chain('b', [{ app: 'a/y', after: { app: 'a/x', on: 'failed' }, weight: 2 }], []),
      ],
      found: ['NAME_NEEDED b.yaml reloads.0.after'],
    },
    {
      when: 'the link that counts any end is the later one',
      files: [
        chain('a', [{ app: 'y', after: { app: 'x', on: 'failed' }, weight: 2 }], ['x', 'y']),
        chain('b', [{ app: 'a/y', after: { app: 'a/x', on: 'any' } }], []),
      ],
      found: ['NAME_NEEDED b.yaml reloads.0.after'],
    },
    {
      when: 'both of two different links have the same name',
      files: [
        chain(
          'a',
          [
            { app: 'y', after: 'x', name: 'n' },
            { app: 'y', after: 'x', name: 'n', partial: true },
          ],
          ['x', 'y'],
        ),
      ],
      found: ['NAME_NEEDED a.yaml reloads.1.after'],
    },
    {
      when: 'nothing is wrong: different links have different names',
      files: [
        chain(
          'a',
          [
            { app: 'y', after: 'x' },
            { app: 'y', after: 'x', name: 'n', partial: true },
          ],
          ['x', 'y'],
        ),
      ],
      found: [],
    },
    {
      when: 'nothing is wrong: one end never both succeeds and fails',
      files: [
        chain(
          'a',
          [
            { app: 'y', after: 'x' },
            { app: 'y', after: { app: 'x', on: 'failed' }, partial: true },
          ],
          ['x', 'y'],
        ),
      ],
      found: [],
    },
    {
      when: 'a link is forestalled by one that counts any end, also when that one is below',
      files: [
        chain(
          'a',
          [
            { app: 'y', after: 'x' },
            { app: 'y', after: { app: 'x', on: 'any' } },
          ],
          ['x', 'y'],
        ),
      ],
      found: ['UNREACHABLE_LINK a.yaml reloads.0.after'],
    },
    {
      when: 'an app reloads after itself',
      files: [chain('a', [{ app: 'x', after: { app: 'x', on: 'failed' } }], ['x'])],
      found: ['CYCLE a.yaml reloads.0.after'],
    },
    {
      when: 'one chain name is in two files',
      files: [
        chain('a', [{ app: 'y', after: 'x' }], ['x', 'y']),
        { ...chain('a', [{ app: 'w', after: 'v' }], ['v', 'w']), file: 'b.yaml' },
      ],
      found: ['SAME_CHAIN_NAME b.yaml chain'],
    },
    {
      when: 'one app has two short names in a file',
      files: [
        {
          file: 'a.yaml',
          content: {
            chain: 'a',
            apps: { x: { id: 'id-x' }, y: { id: 'id-y' }, z: { id: 'id-y' } },
            reloads: [{ app: 'y', after: 'x' }],
          },
        },
      ],
      found: ['SAME_APP a.yaml apps.z.id'],
    },
    {
      when: 'an app is in two tenants',
      files: [
        chain('a', [{ app: 'y', after: 'x' }], ['x', 'y']),
        {
          file: 'b.yaml',
          content: {
            chain: 'b',
            apps: { x: { id: 'id-x', tenant: 'acme-eu' } },
            reloads: [{ app: 'a/y', after: 'a/x' }],
          },
        },
      ],
      found: ['APP_IN_TWO_TENANTS b.yaml apps.x.id'],
    },
    {
      when: 'an app is in no link (a warning)',
      files: [chain('a', [{ app: 'y', after: 'x' }], ['x', 'y', 'z'])],
      found: ['APP_UNUSED a.yaml apps.z'],
    },
    {
      when: 'nothing is wrong: an app is used only by another file',
      files: [chain('a', [{ app: 'y', after: 'x' }], ['x', 'y', 'z']), chain('b', [{ app: 'w', after: 'a/z' }], ['w'])],
      found: [],
    },
    {
      when: 'an entry retries and has a time limit',
      files: [
        chain(
          'a',
          [
            { app: 'z', after: { all: ['x', 'y'], within: '6h' }, retry: { attempts: 2, delay: '5m' } },
            { app: 'z', after: [{ atLeast: 1, of: ['x', { app: 'y', on: 'failed' }] }], timeout: '2h' },
          ],
          ['x', 'y', 'z'],
        ),
      ],
      found: [],
    },
    {
      when: 'nothing more is wrong than what was refused before: its parts are not called unknown',
      files: [
        {
          file: 'a.yaml',
          content: { chain: 'a', apps: { x: null, y: { id: 'id-y' } }, reloads: [null, { app: 'y', after: 'x' }] },
        },
        { file: 'b.yaml', content: null },
        chain('c', [{ app: 'y', after: ['a/x', 'perhaps-in-b/x'] }], ['y']),
      ],
      found: [],
    },
  ];
  for (const { when, files, found } of cases) {
    it(`${found.length === 0 ? 'finds nothing' : `finds ${found[0]?.split(' ')[0]}`} when ${when}`, () => {
      expect(summary(files)).to.deep.equal(found);
    });
  }

  it('takes no more after one app than travels in one OpenWhisk payload', () => {
    // A link: 20 variables of 256 + 768 bytes and 6 for quotes, colon and comma; 128 for the longest reload id, twice,
    // 220 for the longest root, and some 200 for names and keys: about 21,280 bytes. 37 of them are less than 800,000,
    // 38 are not.
    const variables = Object.fromEntries(
      Array.from({ length: 20 }, (_, number) => [String(number).padStart(256, 'v'), '€'.repeat(256)]),
    );
    const fan = (count: number): ChainFile => {
      const targets = Array.from({ length: count }, (_, number) => `t${number}`);
      return chain(
        'a',
        targets.map((app) => ({ app, after: 'x', variables })),
        ['x', ...targets],
      );
    };
    expect(summary([fan(37)])).to.deep.equal([]);
    expect(summary([fan(38)])).to.deep.equal(['PAYLOAD_TOO_LARGE a.yaml reloads.37.after']);
  });

  it('tells what is wrong, with which value, and what to do', () => {
    const { problems } = compileChains([
      chain(
        'a',
        [
          { app: 'report', after: 'extrct' },
          { app: 'report', after: 'b/imprt' },
        ],
        ['extract', 'report'],
      ),
      chain(
        'b',
        [
          { app: 'report', after: 'import' },
          { app: 'import', after: 'c/x' },
        ],
        ['import'],
      ),
    ]);
    expect(problems.map(({ message }) => message)).to.deep.equal([
      'No app "extrct" in chain "a". Did you mean "extract"? Write a short name of this file, chain/name, or an app id.',
      'Chain "b" has no app "imprt". Did you mean "b/import"? Its apps are listed in b.yaml.',
      'No app "report" in chain "b". Did you mean "a/report"? Write a short name of this file, chain/name, or an app id.',
      'No chain "c" for app "c/x". Did you mean "a/x"? Write a short name of this file, chain/name, or an app id.',
    ]);
  });

  it('says of an app in no link that its `expected` has no effect', () => {
    const apps = { x: { id: 'id-x' }, y: { id: 'id-y' }, z: { id: 'id-z', expected: { by: '07:00', zone: 'UTC' } } };
    const content = { chain: 'a', apps, reloads: [{ app: 'y', after: 'x' }] };
    const { problems } = compileChains([{ file: 'a.yaml', content }]);
    expect(problems.filter(({ code }) => code === 'APP_UNUSED').map(({ message }) => message)).to.deep.equal([
      'App "a/z" is in no link, so nothing follows it and it follows nothing. Its "expected" has no effect: nobody hears if it is late. Remove it, or use it under "reloads:".',
    ]);
  });

  it('warns of each app id that is no UUID, and compiles all the same', () => {
    const ids = [
      'id-x',
      EXTRACT.replaceAll('-', ''),
      '6749c1f2a0b3d4e5f6a7b8c9',
      EXTRACT.slice(1),
      EXTRACT.toUpperCase(),
    ];
    const apps = Object.fromEntries(ids.map((id, number) => [`a${number}`, { id }]));
    const reloads = ids.slice(1).map((_, number) => ({ app: `a${number + 1}`, after: 'a0' }));
    const { compiled, problems } = compileChains([{ file: 'a.yaml', content: { chain: 'a', apps, reloads } }]);
    expect(Object.keys(compiled?.apps ?? {})).to.have.length(5);
    expect(problems.map(({ severity, code, path }) => `${severity} ${code} ${path.join('.')}`)).to.deep.equal([
      'warning ID_NOT_UUID apps.a0.id',
      'warning ID_NOT_UUID apps.a1.id',
      'warning ID_NOT_UUID apps.a2.id',
      'warning ID_NOT_UUID apps.a3.id',
    ]);
    const messages = problems.map(({ message }) => message);
    expect(messages[0]).to.match(
      /^The id of "a\/a0", "id-x", is not a UUID like b4a3cf85-.*, as all app ids of Qlik Cloud are\. Copy it/,
    );
    expect(messages[1]).to.contain(' It may be one without its dashes. ');
    expect(messages[2]).to.contain(' It looks like the id of a reload or of an item in the catalog. ');
  });

  it('waits five minutes before another attempt if the file names no delay', () => {
    const { compiled } = compileChains([chain('a', [{ app: 'y', after: 'x', retry: { attempts: 2 } }], ['x', 'y'])]);
    const [link] = Object.values(compiled?.links ?? {}).flat();
    expect(link?.policy).to.deep.equal({ retry: { attempts: 2, delay: 300_000 } });
  });
});
