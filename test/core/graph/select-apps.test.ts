import { expect } from 'chai';
import { chainGraph } from '../../../src/core/graph/chain-graph.ts';
import { readTerms, selectApps } from '../../../src/core/graph/select-apps.ts';
import type { ChainName } from '../../../src/core/names.ts';
import { chainsOf, link } from './some-chains.ts';

// a → b → c → d → e, b → x, and in chain `board` p → q.
const compiled = chainsOf(
  ...[link('a', 'b'), link('b', 'c'), link('c', 'd'), link('d', 'e'), link('b', 'x')],
  link('p', 'q', { chain: 'board' as ChainName }),
);
const graph = chainGraph(compiled);
const tagsOf = ({ appId }: { readonly appId: string }): readonly string[] => (appId === 'c' ? ['Urgent', 'sap'] : []);

const selected = (text: string): string => {
  const { apps } = selectApps(graph, compiled, text, tagsOf);
  return [...apps].map((number) => graph.apps[number]?.appId).join('');
};
const problemsOf = (text: string): readonly string[] => selectApps(graph, compiled, text, tagsOf).problems;

describe('a selection of apps', () => {
  it('is everything without a text', () => {
    expect(selected('')).to.equal('abcdepqx');
    expect(selected('  ')).to.equal('abcdepqx');
  });

  it('is an app with all that lead to it, or all that follow it, or both', () => {
    expect(selected('+c')).to.equal('abc');
    expect(selected('c+')).to.equal('cde');
    expect(selected('+c+')).to.equal('abcde');
  });

  it('goes so many steps as the number says', () => {
    expect(selected('b+1')).to.equal('bcx');
    expect(selected('b+2')).to.equal('bcdx');
    expect(selected('1+c+1')).to.equal('bcd');
    expect(selected('c+0')).to.equal('c');
  });

  it('takes an app by id, by short name with and without its chain, and by its name for people', () => {
    expect(selected('sales/d+')).to.equal('de');
    expect(selected('"D"+')).to.equal('de');
    expect(selected('default/d+')).to.equal('');
  });

  it('takes a name with spaces in quotes, and a part of a name if no app has it whole', () => {
    const named = chainsOf(link('a', 'b'));
    const spaced = {
      ...named,
      apps: { ...named.apps, 'default/b': { ...named.apps['default/b'], label: 'Sales report' } },
    };
    const of = (text: string) => [
      ...selectApps(chainGraph(spaced as typeof named), spaced as typeof named, text, tagsOf).apps,
    ];
    expect(of('+"Sales report"')).to.deep.equal([0, 1]);
    expect(of('+report')).to.deep.equal([0, 1]);
    expect(of('"sales rep"')).to.deep.equal([1]);
    expect(of('"sales rep')).to.deep.equal([1]);
  });

  it('is the apps with a text in a name or an id, in capitals or not', () => {
    expect(selected('X')).to.equal('x');
    expect(selected('sales/')).to.equal('abcdepqx');
    expect(selected('nothing')).to.equal('');
  });

  it('is the apps of a chain, or those whose ticket has a tag', () => {
    expect(selected('chain:board')).to.equal('pq');
    expect(selected('tag:urgent')).to.equal('c');
    expect(selected('tag:sap tag:urgent')).to.equal('c');
    expect(selected('tag:other')).to.equal('');
  });

  it('is the apps of which all terms are true', () => {
    expect(selected('b+ +d')).to.equal('bcd');
    expect(selected('b+ chain:board')).to.equal('');
  });

  it('says which term can be true of no app', () => {
    expect(problemsOf('+zebra chain:zoo')).to.deep.equal([
      'No app of the deployed chains is called “zebra”.',
      'No deployed chain is called “zoo”.',
    ]);
    expect(problemsOf('+c chain:board zebra tag:zoo')).to.deep.equal([]);
  });

  it('reads what is not finished yet, as a person types it', () => {
    expect(readTerms('chain:')).to.deep.equal([]);
    expect(readTerms('+')).to.deep.equal([{ kind: 'text', text: '+' }]);
    expect(readTerms('a+b')).to.deep.equal([{ kind: 'text', text: 'a+b' }]);
    expect(readTerms('"c++"')).to.deep.equal([{ kind: 'text', text: 'c++' }]);
    expect(readTerms('a+12345')).to.deep.equal([{ kind: 'text', text: 'a+12345' }]);
  });
});
