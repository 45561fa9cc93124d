import { expect } from 'chai';
import type { CompiledChains, Link } from '../../../src/core/link.ts';
import { fateOfRule, ruleWords } from '../../../src/core/runs/rule-words.ts';
import { type WhyFacts, why } from '../../../src/core/runs/why.ts';
import { at, done, ended, labelOf, ordered } from './some-facts.ts';

const THEN = '1111111111111111';
const app = (appId: string) => ({ tenant: 'default', appId });
const linkOf = (more: object = {}): Link =>
  ({
    ...{ chain: 'nightly', after: app('transform'), on: 'succeeded', target: app('report'), clause: 's', body: {} },
    ...{ paused: false, ...more },
  }) as unknown as Link;
const chainsOf = (...links: readonly Link[]): CompiledChains => {
  const byUpstream: Record<string, Link[]> = {};
  for (const link of links) {
    const key = `${link.after.tenant}/${link.after.appId}`;
    byUpstream[key] = [...(byUpstream[key] ?? []), link];
  }
  return { links: byUpstream, apps: {} };
};

const TRANSFORMED = ended('transform', 'r2', '01:05', { definition: THEN });
const REPORTED = ended('report', 'r3', '01:09');
const REPORT = ordered('report', 'r2', '01:05', { ...done('r3', '01:05', '01:09'), definition: THEN });

const wordsOf = (then: CompiledChains | undefined, now: CompiledChains, order = REPORT): string =>
  ruleWords(fateOfRule(order, TRANSFORMED, { decided: new Map([[THEN, then]]), now }), labelOf);

describe('what became of the rule that called for a reload', () => {
  it('says nothing if it is the same, or if nobody knows which it was', () => {
    expect(wordsOf(chainsOf(linkOf()), chainsOf(linkOf()))).to.equal('');
    const { definition: _, ...older } = REPORT;
    expect(wordsOf(chainsOf(linkOf()), chainsOf(), older)).to.equal('');
  });

  it('says that it was removed', () => {
    expect(wordsOf(chainsOf(linkOf()), chainsOf())).to.equal(
      'The link that called for it has been removed since (chain nightly, after transform, on succeeded).',
    );
    // Another app is followed by the same one now.
    expect(wordsOf(chainsOf(linkOf()), chainsOf(linkOf({ after: app('extract') })))).to.contain('has been removed');
  });

  it('says what was changed', () => {
    const retry = { attempts: 2, delay: 60_000 };
    for (const [then, now, words] of [
      [{}, { on: 'any' }, 'on (succeeded, now any)'],
      [{}, { chain: 'daily' }, 'chain (nightly, now daily)'],
      [{}, { paused: true }, 'enabled (true, now false)'],
      [{ body: { weight: 2 } }, { body: { weight: 3 } }, 'weight (2, now 3)'],
      [{}, { body: { partial: true } }, 'partial (false, now true)'],
      [{ body: { variables: { a: '1' } } }, { body: { variables: { a: '2' } } }, 'variables'],
      [{ policy: { retry } }, {}, 'retry'],
      [{ policy: { retry } }, { policy: { retry, timeout: 1_000 } }, 'timeout'],
      [{}, { on: 'failed', body: { weight: 9 } }, 'on (succeeded, now failed), weight (1, now 9)'],
    ] as const) {
      expect(wordsOf(chainsOf(linkOf(then)), chainsOf(linkOf(now)))).to.equal(
        `The link that called for it has been changed since: ${words}.`,
      );
    }
  });

  it('takes variables in another order for the same', () => {
    const then = linkOf({ body: { variables: { a: '1', b: '2' } } });
    const now = linkOf({ body: { variables: { b: '2', a: '1' } } });
    expect(wordsOf(chainsOf(then), chainsOf(now))).to.equal('');
  });

  it('goes by the link of the same chain, if several chains have it', () => {
    const then = chainsOf(linkOf({ chain: 'a', on: 'any' }), linkOf());
    expect(wordsOf(then, chainsOf(linkOf({ chain: 'a', on: 'failed' }), linkOf()))).to.equal('');
  });

  it('knows a link that waits for several apps by its clause, whichever of them ended last', () => {
    const join = { of: { 'default/transform': 'succeeded', 'default/b': 'any' }, atLeast: 2, within: 1_000 };
    const rows = (more: object) => [
      linkOf({ clause: 'both', join: { ...join, ...more } }),
      linkOf({ clause: 'both', after: app('b'), on: 'any', join: { ...join, ...more } }),
    ];
    const order = { ...REPORT, _id: 'order:default:report:both:r2' as typeof REPORT._id };
    expect(wordsOf(chainsOf(...rows({})), chainsOf(...rows({})), order)).to.equal('');
    expect(wordsOf(chainsOf(...rows({})), chainsOf(...rows({ within: 2_000 })), order)).to.contain('since: within.');
    expect(wordsOf(chainsOf(...rows({})), chainsOf(...rows({ atLeast: 1 })), order)).to.contain('atLeast (2, now 1)');
    expect(wordsOf(chainsOf(...rows({})), chainsOf(), order)).to.contain('(chain nightly, after several apps)');
  });

  it('says if the ledger does not have the chains', () => {
    expect(wordsOf(undefined, chainsOf(linkOf()))).to.equal(
      'The ledger does not have the chains that called for it (definition 1111111111111111).',
    );
  });
});

describe('why, after other chains were deployed', () => {
  const facts = (then: CompiledChains, now: CompiledChains, more: Partial<WhyFacts> = {}): WhyFacts => ({
    app: REPORTED,
    orders: [REPORT],
    last: REPORTED,
    ancestry: [{ event: REPORTED, order: REPORT }, { event: TRANSFORMED }],
    causes: [],
    upstreams: [],
    joins: [],
    attempts: [],
    owners: [],
    rules: { decided: new Map([[THEN, then]]), now },
    ...more,
  });
  const answer = (of: WhyFacts) => why(of, labelOf, at('02:00')).answer;

  it('says with the last end that its rule was removed', () => {
    expect(answer(facts(chainsOf(linkOf()), chainsOf()))[0]).to.match(
      /^report last ended .* The link that called for it has been removed since \(chain nightly, after transform, on succeeded\)\.$/,
    );
  });

  it('says with an open order that its rule was changed', () => {
    const open = ordered('report', 'r2', '01:05', { state: 'parked', definition: THEN });
    const now = chainsOf(linkOf({ on: 'any' }));
    const [first] = answer(facts(chainsOf(linkOf()), now, { orders: [open], ancestry: [], causes: [TRANSFORMED] }));
    expect(first).to.contain(
      'owed because transform succeeded at 01:05:00Z. The link that called for it has been changed',
    );
    expect(first).to.match(/ order:default:report:s:r2$/);
  });

  it('says that a link on which an end was skipped is another one now', () => {
    const skip = { reason: 'outcome-not-matched', chain: 'nightly', target: app('report'), on: 'failed' };
    const event = { ...TRANSFORMED, skips: [{ ...app('transform'), reloadId: 'r2', outcome: 'succeeded', ...skip }] };
    const now = chainsOf(linkOf());
    const of = facts(chainsOf(linkOf({ on: 'failed' })), now, {
      ...{ orders: [], ancestry: [], upstreams: [{ link: linkOf(), last: TRANSFORMED, event: event as never }] },
      last: ended('report', 'r0', '00:10'),
    });
    expect(answer(of)[1]).to.equal(
      'transform succeeded at 01:05:00Z, but the link in chain nightly is on failed. That link has been changed since: on (failed, now succeeded).',
    );
  });

  it('advises no deployment for a link that is deployed since', () => {
    const upstreams = [{ link: linkOf(), last: TRANSFORMED, event: TRANSFORMED }];
    const of = (now: CompiledChains) =>
      answer(facts(chainsOf(), now, { orders: [], ancestry: [], upstreams, last: ended('report', 'r0', '00:10') }))[1];
    expect(of(chainsOf(linkOf()))).to.contain('did not have this link (chain nightly) yet: cascade replay event:');
    expect(of(chainsOf())).to.contain('did not have this link (chain nightly): deploy, then cascade replay event:');
  });
});
