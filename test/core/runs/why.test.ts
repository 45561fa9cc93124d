import { expect } from 'chai';
import type { Link } from '../../../src/core/link.ts';
import type { AppId, ChainName, OrderId, ReloadId, TenantName } from '../../../src/core/names.ts';
import { type WhyFacts, why } from '../../../src/core/runs/why.ts';
import type { Skip } from '../../../src/core/skip.ts';
import { at, done, ended, labelOf, ordered } from './some-facts.ts';

const app = (appId: string) => ({ tenant: 'default' as TenantName, appId: appId as AppId });

const LINK: Link = {
  chain: 'nightly' as ChainName,
  after: app('transform'),
  on: 'succeeded',
  target: app('report'),
  clause: 's',
  body: {},
  paused: false,
};

const EXTRACTED = ended('extract', 'r1', '01:00', { startedBy: 'hub' });
const TRANSFORMED = ended('transform', 'r2', '01:05');
const REPORTED = ended('report', 'r3', '01:09');
const TRANSFORM = ordered('transform', 'r1', '01:00', done('r2', '01:00', '01:05'));
const REPORT = ordered('report', 'r2', '01:05', done('r3', '01:05', '01:09'));

const RAN: WhyFacts = {
  app: app('report'),
  orders: [REPORT],
  last: REPORTED,
  ancestry: [{ event: REPORTED, order: REPORT }, { event: TRANSFORMED, order: TRANSFORM }, { event: EXTRACTED }],
  causes: [],
  upstreams: [{ link: LINK, last: TRANSFORMED, event: TRANSFORMED }],
  joins: [],
};
const NEVER: WhyFacts = { ...RAN, orders: [], ancestry: [], upstreams: [] };
const { last: _, ...NOTHING } = NEVER;

const answer = (facts: WhyFacts, now = '02:00'): readonly string[] => why(facts, labelOf, at(now)).answer;

const skip = (more: object): Skip =>
  ({ ...app('transform'), reloadId: 'r2' as ReloadId, chain: 'nightly', target: app('report'), ...more }) as Skip;

describe('why an app last ran', () => {
  it('goes up to the root', () => {
    expect(answer(RAN)).to.deep.equal([
      'report last ended at 2026-11-22 01:09:00Z: succeeded, because transform succeeded at 01:05:00Z, because extract succeeded at 01:00:00Z. extract was started by hand in Qlik (hub).',
    ]);
  });

  for (const [startedBy, text] of [
    ['hub', 'report was started by hand in Qlik (hub).'],
    ['chronos', 'report was started by a schedule of Qlik’s (chronos).'],
    ['external', 'report was started in Qlik, not by Cascade (external).'],
    [undefined, 'It is unknown who started report: no order of Cascade did.'],
  ] as const) {
    it(`says who began it: ${startedBy ?? 'not told'}`, () => {
      const event = ended('report', 'r3', '01:09', startedBy === undefined ? {} : { startedBy });
      const facts = { ...NOTHING, last: event, ancestry: [{ event }], upstreams: RAN.upstreams.slice(0, 0) };
      expect(answer(facts)[0]).to.equal(`report last ended at 2026-11-22 01:09:00Z: succeeded. ${text}`);
    });
  }

  it('says that a person asked for it', () => {
    const order = ordered('report', 'm.abc', '01:05', done('r3', '01:05', '01:09'));
    const facts = { ...RAN, orders: [order], ancestry: [{ event: REPORTED, order }], upstreams: [] };
    expect(answer(facts)[0]).to.equal(
      'report last ended at 2026-11-22 01:09:00Z: succeeded. report was started by hand, with the action reload.',
    );
  });

  it('says that it was a replay', () => {
    const order = ordered('report', 'r1.r2', '01:05', done('r3', '01:05', '01:09'));
    const facts = { ...RAN, orders: [order], ancestry: [{ event: REPORTED, order }, { event: TRANSFORMED }] };
    expect(answer(facts)[0]).to.include('because transform succeeded at 01:05:00Z (replayed).');
  });
});

describe('what an app waits for', () => {
  it('comes first, with what called for it', () => {
    const again = ended('transform', 'r8', '01:30');
    const order = ordered('report', 'r8', '01:30', { state: 'parked', dueAt: at('02:05') });
    const facts = { ...RAN, orders: [REPORT, order], causes: [again] };
    expect(answer(facts)[0]).to.equal(
      'report waits until its app is free: another reload is pending; Cascade looks again at 02:05:00Z at the latest, and earlier if the app is free. It is owed because transform succeeded at 01:30:00Z. order:default:report:s:r8',
    );
    expect(answer(facts)).to.have.length(2);
  });

  it('is told of each order, the newest first', () => {
    const orders = [
      ordered('report', 'r8', '01:30', { state: 'posted', postedAt: at('01:31') }),
      ordered('report', 'r9', '01:40', {
        state: 'waiting',
        reason: { code: 'Q', message: 'The gate is shut.' },
        dueAt: at('02:01'),
      }),
    ];
    expect(why({ ...RAN, orders }, labelOf, at('02:00')).waits.map(({ _id }) => _id)).to.deep.equal([
      'order:default:report:s:r9',
      'order:default:report:s:r8',
    ]);
  });
});

describe('why nothing happened', () => {
  const upstream = (more: Partial<WhyFacts['upstreams'][number]>) => ({
    ...NOTHING,
    upstreams: [{ link: LINK, ...more }],
  });

  for (const { when, facts, says } of [
    {
      when: 'no link has it as its target',
      facts: NOTHING,
      says: 'Nothing calls for report: no link of the chain files has it as its target.',
    },
    {
      when: 'no end of its upstream was heard of',
      facts: upstream({}),
      says: 'It follows transform, and Cascade knows of no finished reload of transform yet.',
    },
    {
      when: 'its link is for another outcome',
      facts: upstream({
        last: { ...TRANSFORMED, outcome: 'failed' },
        event: {
          ...TRANSFORMED,
          outcome: 'failed',
          skips: [skip({ reason: 'outcome-not-matched', on: 'succeeded', outcome: 'failed' })],
        },
      }),
      says: 'transform failed at 01:05:00Z, but the link in chain nightly is on succeeded.',
    },
    {
      when: 'the run had too many hops',
      facts: upstream({
        last: TRANSFORMED,
        event: { ...TRANSFORMED, skips: [skip({ reason: 'too-many-hops', hops: 65 })] },
      }),
      says: 'transform succeeded at 01:05:00Z, but that would be hop 65 of its run, more than MAX_HOPS allows.',
    },
    {
      when: 'its chain is paused',
      facts: { ...NOTHING, upstreams: [{ link: { ...LINK, paused: true }, last: TRANSFORMED, event: TRANSFORMED }] },
      says: 'Chain nightly, in which it follows transform, is paused (enabled: false).',
    },
    {
      when: 'nobody has worked on the end yet',
      facts: upstream({
        last: TRANSFORMED,
        event: { ...ended('transform', 'r2', '01:05', { dueAt: at('02:01') }), resolvedAt: undefined } as never,
      }),
      says: 'transform succeeded at 01:05:00Z, and nobody has worked on that yet; the sweep does at 02:01:00Z.',
    },
    {
      when: 'the link came later than the end',
      facts: upstream({ last: TRANSFORMED, event: TRANSFORMED }),
      says: 'transform succeeded at 01:05:00Z, when the chains that are deployed did not have this link (chain nightly): deploy, then cascade replay event:default:r2.',
    },
    {
      when: 'the end is no longer in the ledger',
      facts: upstream({ last: TRANSFORMED }),
      says: 'transform succeeded at 01:05:00Z; the ledger no longer has what came of it.',
    },
  ] satisfies readonly { readonly when: string; readonly facts: WhyFacts; readonly says: string }[]) {
    it(`is told when ${when}`, () => {
      expect(answer(facts)).to.deep.equal(['Cascade knows of no finished reload of report yet.', says]);
    });
  }

  it('is told of an upstream that ended again since, not of one that did not', () => {
    const failed = ended('transform', 'r8', '01:30', {
      outcome: 'failed',
      skips: [skip({ reason: 'outcome-not-matched', on: 'succeeded', outcome: 'failed' })],
    });
    const rates = { ...LINK, after: app('rates') };
    const facts = {
      ...RAN,
      upstreams: [
        { link: LINK, last: failed, event: failed },
        { link: rates, last: ended('rates', 'r7', '00:30'), event: ended('rates', 'r7', '00:30') },
      ],
    };
    expect(answer(facts).slice(1)).to.deep.equal([
      'transform failed at 01:30:00Z, but the link in chain nightly is on succeeded.',
    ]);
  });

  it('is that its order was given up', () => {
    const order = ordered('report', 'r8', '01:30', {
      state: 'gave-up',
      reason: { code: 'QLIK_REFUSED', message: 'No such app.' },
    });
    const facts = { ...RAN, orders: [REPORT, order], causes: [ended('transform', 'r8', '01:30')] };
    expect(answer(facts)[0]).to.equal(
      'Its newest order was given up: No such app. It was owed because transform succeeded at 01:30:00Z. order:default:report:s:r8',
    );
  });

  it('is not that an order was given up before the app ran again', () => {
    const order = ordered('report', 'r0', '00:30', {
      state: 'gave-up',
      reason: { code: 'QLIK_REFUSED', message: 'No such app.' },
    });
    expect(why({ ...RAN, orders: [REPORT, order] }, labelOf, at('02:00'))).not.to.have.property('cameToNothing');
  });

  it('is found for the link, not for another of the same upstream', () => {
    const other = skip({ reason: 'paused', target: app('other') });
    const event = { ...TRANSFORMED, skips: [other] };
    expect(
      why({ ...NOTHING, upstreams: [{ link: LINK, last: event, event }] }, labelOf, at('02:00')).upstreams,
    ).to.deep.equal([{ link: LINK, verdict: { kind: 'link-unknown-then' } }]);
  });

  it('is nothing where the end called for an order', () => {
    const order = ordered('report', 'r2', '01:05', { state: 'merged', into: 'order:default:report:s:r0' as OrderId });
    const facts = { ...NOTHING, orders: [order], upstreams: [{ link: LINK, last: TRANSFORMED, event: TRANSFORMED }] };
    expect(why(facts, labelOf, at('02:00')).upstreams[0]?.verdict.kind).to.equal('ordered');
  });
});
