import { expect } from 'chai';
import type { ChainFile, Clause, ReloadEntry } from '../../../src/core/chains/chain-file.ts';
import type { Link } from '../../../src/core/link.ts';
import { compileChains } from '../../support/compile-chains.ts';

const HOUR = 3_600_000;

function file(chain: string, reloads: readonly ReloadEntry[]): ChainFile {
  const names = ['a', 'b', 'c', 'd'];
  const apps = Object.fromEntries(names.map((name) => [name, { id: `id-${name}` }]));
  return { file: `${chain}.yaml`, content: { chain, apps, reloads } };
}
const waiting = (clause: ReloadEntry['after'], more: Partial<ReloadEntry> = {}): ReloadEntry => ({
  app: 'd',
  after: clause,
  ...more,
});

const problemsOf = (...files: ChainFile[]): readonly string[] =>
  compileChains(files)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ code, file: name, path }) => `${code} ${name} ${path.join('.')}`);

function linksOf(...files: ChainFile[]): readonly Link[] {
  const { compiled, problems } = compileChains(files);
  if (compiled === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return Object.values(compiled.links).flat();
}

describe('a composite link in a chain file', () => {
  it('stands once under each of its upstreams, with its rule', () => {
    const links = linksOf(file('s', [waiting({ all: ['a', { app: 'b', on: 'any' }], within: '6h' })]));
    const join = { of: { 'default/id-a': 'succeeded', 'default/id-b': 'any' }, atLeast: 2, within: 6 * HOUR };
    expect(links.map(({ after: app, on }) => `${app.appId} ${on}`)).to.deep.equal(['id-a succeeded', 'id-b any']);
    for (const link of links) {
      expect(link.join).to.deep.equal(join);
      expect(link.target).to.deep.equal({ tenant: 'default', appId: 'id-d' });
      expect(link.clause).to.match(/^j[0-9a-f]{16}$/);
    }
    expect(links[0]?.clause).to.equal(links[1]?.clause);
  });

  it('waits twelve hours if the file does not say how long', () => {
    expect(linksOf(file('s', [waiting({ all: ['a', 'b'] })]))[0]?.join?.within).to.equal(12 * HOUR);
    const units = ['30s', '5m', '6h', '2d'].map(
      (within) => linksOf(file('s', [waiting({ all: ['a', 'b'], within })]))[0]?.join?.within,
    );
    expect(units).to.deep.equal([30_000, 300_000, 21_600_000, 172_800_000]);
  });

  it('takes "on" for all of its upstreams, and that of one before it', () => {
    const [link] = linksOf(
      file('s', [waiting({ atLeast: 1, of: ['a', { app: 'b', on: 'succeeded' }], on: 'failed' })]),
    );
    expect(link?.join?.of).to.deep.equal({ 'default/id-a': 'failed', 'default/id-b': 'succeeded' });
    expect(link?.join?.atLeast).to.equal(1);
  });

  it('may be one entry of a list, beside a plain link', () => {
    const links = linksOf(file('s', [{ app: 'd', after: ['c', { all: ['a', 'b'] }] }]));
    expect(
      links.map(({ after: app, join }) => `${app.appId} ${join === undefined ? 'plain' : 'composite'}`),
    ).to.have.members(['id-c plain', 'id-a composite', 'id-b composite']);
  });

  it('may wait for apps of other chains and tenants', () => {
    const links = linksOf(file('s', [waiting({ all: ['a', 't/y'] })]), {
      file: 't.yaml',
      content: {
        chain: 't',
        apps: { x: { id: 'id-x', tenant: 'eu' }, y: { id: 'id-y', tenant: 'eu' } },
        reloads: [{ app: 'x', after: 'y' }],
      },
    });
    expect(links.find(({ join }) => join)?.join?.of).to.deep.equal({
      'default/id-a': 'succeeded',
      'eu/id-y': 'succeeded',
    });
  });

  it('has the same clause for the same upstreams in another order and with another window', () => {
    const clauseOf = (clause: Clause) => linksOf(file('s', [waiting(clause)]))[0]?.clause;
    const one = clauseOf({ all: ['a', 'b'], within: '6h' });
    expect(clauseOf({ all: ['b', 'a'] })).to.equal(one);
    expect(clauseOf({ atLeast: 2, of: ['a', 'b'] })).to.equal(one);
    expect(clauseOf({ atLeast: 1, of: ['a', 'b'] })).not.to.equal(one);
    expect(clauseOf({ all: ['a', 'c'] })).not.to.equal(one);
    expect(clauseOf({ all: ['a', { app: 'b', on: 'any' }] })).not.to.equal(one);
  });

  it('has the name of its entry as its clause', () => {
    expect(linksOf(file('s', [waiting({ all: ['a', 'b'] }, { name: 'both' })]))[0]?.clause).to.equal('both');
  });
});

describe('the check of composite links', () => {
  it('finds an upstream that is listed twice, whatever its "on"', () => {
    expect(problemsOf(file('s', [waiting({ all: ['a', 'b', 'a'] })]))).to.deep.equal([
      'REPEATED_UPSTREAM s.yaml reloads.0.after.all.2',
    ]);
    expect(problemsOf(file('s', [waiting([{ atLeast: 1, of: ['a', { app: 'a', on: 'failed' }] }])]))).to.deep.equal([
      'REPEATED_UPSTREAM s.yaml reloads.0.after.0.of.1',
    ]);
  });

  it('finds one that waits for more apps than it names', () => {
    expect(problemsOf(file('s', [waiting({ atLeast: 3, of: ['a', 'b'] })]))).to.deep.equal([
      'NEVER_FIRES s.yaml reloads.0.after.atLeast',
    ]);
    expect(problemsOf(file('s', [waiting({ atLeast: 2, of: ['a', 'b'] })]))).to.deep.equal([]);
  });

  it('finds an app that does not exist', () => {
    expect(problemsOf(file('s', [waiting({ all: ['a', 'z', { app: 'y' }] })]))).to.deep.equal([
      'UNKNOWN_APP s.yaml reloads.0.after.all.1',
      'UNKNOWN_APP s.yaml reloads.0.after.all.2.app',
    ]);
  });

  it('finds cycles through composite links, and an app that waits for itself', () => {
    expect(problemsOf(file('s', [waiting({ all: ['a', 'b'] }), { app: 'a', after: 'd' }]))).to.deep.equal([
      'CYCLE s.yaml reloads.0.after',
    ]);
    expect(problemsOf(file('s', [waiting({ atLeast: 1, of: ['a', 'd'] })]))).to.deep.equal([
      'CYCLE s.yaml reloads.0.after',
    ]);
  });

  it('finds the same link twice in one file, once', () => {
    expect(problemsOf(file('s', [waiting({ all: ['a', 'b'] }), waiting({ all: ['b', 'a'] })]))).to.deep.equal([
      'SAME_LINK s.yaml reloads.1.after',
    ]);
    expect(
      problemsOf(file('s', [waiting({ all: ['a', 'b'] })]), file('t', [waiting({ all: ['a', 'b'] })])),
    ).to.deep.equal([]);
  });

  it('finds one in a list whose other entries already reload the app with each of its ends', () => {
    const twice = (...entries: readonly Clause[]) => problemsOf(file('s', [waiting(entries)]));
    expect(twice('a', { all: ['a'] })).to.deep.equal(['STARTS_TWICE s.yaml reloads.0.after.1']);
    expect(twice({ all: ['a'] }, 'a')).to.deep.equal(['STARTS_TWICE s.yaml reloads.0.after.0']);
    expect(twice('b', { app: 'a', on: 'any' }, { atLeast: 1, of: ['a', 'b'] })).to.deep.equal([
      'STARTS_TWICE s.yaml reloads.0.after.2',
    ]);
    expect(twice('a', 'b', { all: ['a', 'b'] })).to.deep.equal(['STARTS_TWICE s.yaml reloads.0.after.2']);
  });

  it('lets one be that reloads the app after another end, too, or in another entry', () => {
    const twice = (...entries: readonly Clause[]) => problemsOf(file('s', [waiting(entries)]));
    expect(twice('a', { all: ['a', 'b'] })).to.deep.equal([]);
    expect(twice({ app: 'a', on: 'failed' }, { all: ['a'] })).to.deep.equal([]);
    expect(twice({ all: ['a', 'b'] }, { all: ['a', 'c'] })).to.deep.equal([]);
    expect(twice({ all: ['a', 'b'] }, { all: ['a', 'b', 'c'] })).to.deep.equal([]);
    expect(twice({ all: ['a', 'b'] }, { all: ['a', 'b'], on: 'failed' })).to.deep.equal([]);
    expect(problemsOf(file('s', [waiting('a'), waiting({ all: ['a'] }, { name: 'again' })]))).to.deep.equal([]);
    expect(problemsOf(file('s', [waiting('a'), waiting({ all: ['a'] }, { weight: 2 })]))).to.deep.equal([]);
    const any: Clause = { all: ['a', 'b'], on: 'any' };
    const both: Clause = { all: ['a', 'b'] };
    expect(problemsOf(file('s', [waiting(any), waiting(both, { name: 'again' })]))).to.deep.equal([]);
    expect(problemsOf(file('s', [waiting(any)]), file('t', [waiting(both)]))).to.deep.equal([]);
  });

  it('finds one of which one app is enough, beside an entry for one of its apps', () => {
    const twice = (...entries: readonly Clause[]) => problemsOf(file('s', [waiting(entries)]));
    expect(twice('a', { atLeast: 1, of: ['a', 'b'] })).to.deep.equal(['STARTS_TWICE s.yaml reloads.0.after.1']);
    expect(twice('a', { all: [{ app: 'a', on: 'any' }] })).to.deep.equal(['STARTS_TWICE s.yaml reloads.0.after.1']);
    expect(twice('a', 'b', { all: ['a', 'b'], on: 'any' })).to.deep.equal(['STARTS_TWICE s.yaml reloads.0.after.2']);
  });

  it('finds one whose ends are enough for another one, too', () => {
    const twice = (...entries: readonly Clause[]) => problemsOf(file('s', [waiting(entries)]));
    expect(twice({ all: ['a', 'b'], on: 'any' }, { all: ['b', 'a'] })).to.deep.equal([
      'STARTS_TWICE s.yaml reloads.0.after.1',
    ]);
    expect(twice({ all: ['a', 'b'] }, { atLeast: 2, of: ['a', 'b', 'c'] })).to.deep.equal([
      'STARTS_TWICE s.yaml reloads.0.after.0',
    ]);
    expect(twice({ all: ['a', 'b'] }, { atLeast: 1, of: ['a', 'b'], within: '1h' })).to.deep.equal([
      'STARTS_TWICE s.yaml reloads.0.after.0',
    ]);
  });

  it('lets one be that gives its ends more time than the other one', () => {
    const twice = (...entries: readonly Clause[]) => problemsOf(file('s', [waiting(entries)]));
    const two: Clause = { atLeast: 2, of: ['a', 'b', 'c'], within: '1h' };
    expect(twice({ all: ['a', 'b'], within: '2h' }, two)).to.deep.equal([]);
    expect(twice({ all: ['a', 'b'], within: '1h' }, two)).to.deep.equal(['STARTS_TWICE s.yaml reloads.0.after.0']);
  });

  it('does not say that one whose ends are enough for another one reloads the app after the same end', () => {
    const { problems } = compileChains([
      file('s', [waiting([{ atLeast: 2, of: ['a', 'b', 'c'] }, { all: ['a', 'b', 'c'] }])]),
    ]);
    expect(problems.map(({ message }) => message)).to.deep.equal([
      'This link reloads s/d twice: the ends that set it off, or some of them, also set off another link of the file. Remove one of the two. ' +
        'If you want two reloads, write each link under an entry of its own, and give this one a "name".',
    ]);
  });

  it('finds them in two entries of a file that ask for the same reload', () => {
    expect(problemsOf(file('s', [waiting({ all: ['a'] }), waiting('a')]))).to.deep.equal([
      'STARTS_TWICE s.yaml reloads.0.after',
    ]);
    expect(
      problemsOf(file('s', [waiting({ all: ['a', 'b'], on: 'any' }), waiting({ all: ['a', 'b'] })])),
    ).to.deep.equal(['STARTS_TWICE s.yaml reloads.1.after']);
  });

  it('says only that the name is taken if entries of one list share it', () => {
    expect(problemsOf(file('s', [waiting(['a', { all: ['a'] }], { name: 'both' })]))).to.deep.equal([
      'NAME_NEEDED s.yaml reloads.0.after.1',
    ]);
  });

  it('says which entries reload the app already', () => {
    const { problems } = compileChains([file('s', [waiting(['a', 'b', { all: ['a', 'b'] }])])]);
    expect(problems.map(({ severity, message, also }) => ({ severity, message, also }))).to.deep.equal([
      {
        severity: 'error',
        message:
          'This link reloads s/d twice: another link of the file already reloads it after the same end. Remove one of the two. If you want two reloads, write each link under an entry of its own, and give this one a "name".',
        also: [
          { file: 's.yaml', path: ['reloads', 0, 'after', 0] },
          { file: 's.yaml', path: ['reloads', 0, 'after', 1] },
        ],
      },
    ]);
  });

  it('wants names for two links that wait for the same apps and want different things', () => {
    const both: Clause = { all: ['a', 'b'] };
    expect(problemsOf(file('s', [waiting(both), waiting(both, { weight: 2 })]))).to.deep.equal([
      'NAME_NEEDED s.yaml reloads.1.after',
    ]);
    expect(problemsOf(file('s', [waiting(both), waiting({ ...both, within: '1h' })]))).to.deep.equal([
      'NAME_NEEDED s.yaml reloads.1.after',
    ]);
    expect(problemsOf(file('s', [waiting(both), waiting(both, { weight: 2, name: 'heavy' })]))).to.deep.equal([]);
  });

  it('wants another name for a composite link whose name another link of the app has', () => {
    const named = (clause: Clause) => waiting(clause, { name: 'n' });
    expect(problemsOf(file('s', [named({ all: ['a', 'b'] }), named({ all: ['a', 'c'] })]))).to.deep.equal([
      'NAME_NEEDED s.yaml reloads.1.after',
    ]);
    expect(problemsOf(file('s', [named('a'), named({ all: ['b', 'c'] })]))).to.deep.equal([
      'NAME_NEEDED s.yaml reloads.1.after',
    ]);
  });
});
