import { expect } from 'chai';
import type { Link } from '../../../src/core/link.ts';
import type { AppId, ChainName, OrderId, ReloadId, TenantName } from '../../../src/core/names.ts';
import { type WhyFacts, why } from '../../../src/core/runs/why.ts';
import type { Skip } from '../../../src/core/skip.ts';
import { minutes } from '../../../src/core/units.ts';
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
  attempts: [],
  owners: [],
  upstreams: [{ link: LINK, last: TRANSFORMED, event: TRANSFORMED }],
  joins: [],
  rules: { decided: new Map(), now: { links: {}, apps: {} } },
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

describe('an order with several causes', () => {
  const RATED = ended('rates', 'r4', '01:03');
  const both = (more: object = {}) => ordered('report', 'r2', '01:05', { causes: ['r2', 'r4'], ...more });
  const merged = (cause: string, time: string, more: object = {}) =>
    ordered('report', cause, time, { state: 'merged', into: both()._id, ...more });

  it('names each app for which its link waited, the closing one first', () => {
    const order = both({ state: 'parked', dueAt: at('02:05') });
    const facts = { ...NEVER, orders: [order], causes: [TRANSFORMED, RATED] };
    expect(answer(facts)[0]).to.contain(
      'It is owed because transform succeeded at 01:05:00Z. It is also owed because rates succeeded at 01:03:00Z. order:',
    );
  });

  it('names the causes of the orders that were merged into it, also by way of others', () => {
    const order = both(done('r3', '01:05', '01:09'));
    const first = merged('r5', '01:06');
    const second = merged('m.abc', '01:07', { into: first._id });
    const orders = [second, first, order];
    const failed = ended('stock', 'r5', '01:06', { outcome: 'failed' });
    const ancestry = [{ event: REPORTED, order }, ...RAN.ancestry.slice(1)];
    const facts = { ...RAN, orders, ancestry, causes: [TRANSFORMED, RATED, failed] };
    expect(answer(facts)[0]).to.equal(
      'report last ended at 2026-11-22 01:09:00Z: succeeded, because transform succeeded at 01:05:00Z, because extract succeeded at 01:00:00Z. extract was started by hand in Qlik (hub). ' +
        'The reload was also owed because rates succeeded at 01:03:00Z, stock failed at 01:06:00Z and a person asked for it.',
    );
    expect(why(facts, labelOf, at('02:00')).alsoBecause).to.deep.equal([RATED, failed]);
  });

  it('names five, and says how many more there are', () => {
    const ends = [1, 2, 3, 4, 5, 6, 7].map((n) => ended(`app${n}`, `e${n}`, `01:0${n}`));
    const order = both({ causes: ['r2'], state: 'parked', dueAt: at('02:05') });
    const orders = [order, ...ends.map(({ reloadId }) => merged(reloadId, '01:08'))];
    const text = answer({ ...NEVER, orders, causes: [TRANSFORMED, ...ends] })[0];
    expect(text).to.contain('app5 succeeded at 01:05:00Z and of 2 more causes. order:').and.not.to.contain('app6');
    const gone = answer({ ...NEVER, orders: orders.slice(0, 2), causes: [TRANSFORMED] })[0];
    expect(gone).to.contain('transform succeeded at 01:05:00Z. It is also owed because of 1 more cause. order:');
  });
});

describe('the attempts at a reload', () => {
  const retry = { attempts: 2, delay: minutes(5) };
  const fails = [
    ended('report', 'r5', '01:15', { outcome: 'failed', error: { code: 'E', message: 'no table.' } }),
    ended('report', 'r6', '01:35', { outcome: 'canceled' }),
  ];
  const tried = (more: object) =>
    ordered('report', 'r2', '01:05', {
      ...{ policy: { retry, timeout: minutes(10) }, try: 3, ends: ['r5', 'r6'] as ReloadId[] },
      cancelRequestedAt: { r6: at('01:34') },
      ...more,
    });
  const LINES = [
    'Attempt 1 of 3 failed at 01:15:00Z (reload r5): no table. Delay after it: 5 min.',
    'Attempt 2 of 3 ran longer than its timeout (10 min), and Cascade canceled it at 01:35:00Z (reload r6). Delay after it: 10 min.',
  ];

  it('are listed below an order that waits for the next one, each with its end and the delay', () => {
    const reason = { code: 'RETRY', message: 'Attempt 2 of 3 ran too long' };
    const order = tried({ state: 'waiting', reason, dueAt: at('01:45') });
    const facts = { ...RAN, orders: [order], causes: [TRANSFORMED], attempts: fails };
    expect(answer(facts, '01:40').slice(0, 3)).to.deep.equal([
      'report waits for its next attempt (Attempt 2 of 3 ran too long); Cascade starts it at 01:45:00Z. It is owed because transform succeeded at 01:05:00Z. order:default:report:s:r2',
      ...LINES,
    ]);
  });

  it('are listed below the last end, without the attempt that ended last', () => {
    const order = tried({ ...done('r7', '01:45', '01:50'), ends: ['r5', 'r6', 'r7'] });
    const last = ended('report', 'r7', '01:50');
    const facts = { ...RAN, orders: [order], last, ancestry: [{ event: last, order }], attempts: fails };
    expect(answer(facts).slice(0, 3)).to.deep.equal([
      'report last ended at 2026-11-22 01:50:00Z: succeeded. report was started by Cascade; the ledger no longer has what called for it.',
      ...LINES,
    ]);
  });

  it('say so where the ledger no longer has an end, or the order no longer a policy', () => {
    const order = tried({ state: 'called-off', policy: undefined });
    const facts = { ...NOTHING, orders: [order], attempts: fails.slice(1) };
    expect(answer(facts).slice(1, 3)).to.deep.equal([
      'Attempt 1 of 2: the ledger no longer has its end (reload r5).',
      'Attempt 2 of 2 ran longer than its timeout, and Cascade canceled it at 01:35:00Z (reload r6).',
    ]);
  });
});

describe('a reload that ran too long', () => {
  const order = ordered('transform', 'r1', '01:00', {
    ...{ ...done('r2', '01:00', '01:05'), outcome: 'canceled', policy: { timeout: minutes(5) } },
    cancelRequestedAt: { r2: at('01:05') },
  });
  const canceled = ended('transform', 'r2', '01:05', { outcome: 'canceled' });
  const TOO_LONG = 'ran longer than its timeout (5 min), and Cascade canceled it';

  it('is told as that: as the last end, as the cause, and as the end of an upstream', () => {
    const own = { ...RAN, app: app('transform'), orders: [order], last: canceled, upstreams: [] };
    expect(answer({ ...own, ancestry: [{ event: canceled, order }] })[0]).to.contain(`01:05:00Z: ${TOO_LONG}.`);
    // The app's document has the outcome that counts, and why. An earlier version of Cascade did not note why.
    const reason = (code: string) => ({ code, message: 'why' });
    const counted = (more: object) => ended('transform', 'r2', '01:05', { outcome: 'failed', ...more });
    const told = (last: typeof canceled, by = order) =>
      answer({ ...own, orders: [by], last, ancestry: [{ event: last, order: by }] })[0];
    expect(told(counted({ error: reason('TIMED_OUT') }))).to.contain(`01:05:00Z: ${TOO_LONG}.`);
    const timedOut = { ...order, reason: reason('TIMED_OUT') };
    expect(told(counted({}), timedOut)).to.contain(`01:05:00Z: ${TOO_LONG}.`);
    // It failed by itself while Cascade asked Qlik to cancel it.
    expect(told(counted({}))).to.contain('01:05:00Z: failed.');
    expect(told(counted({ error: reason('EOF') }), timedOut)).to.contain('01:05:00Z: failed.');
    const waits = ordered('report', 'r2', '01:05', { state: 'parked', dueAt: at('02:05') });
    const facts = { ...RAN, causes: [canceled], owners: [order] };
    expect(answer({ ...facts, orders: [waits] })[0]).to.contain(`because transform ${TOO_LONG} at 01:05:00Z.`);
    const after = { link: LINK, last: canceled, event: { ...canceled, skips: [skip({ reason: 'paused' })] } };
    expect(answer({ ...NOTHING, owners: [order], upstreams: [after] })[1]).to.equal(
      `transform ${TOO_LONG} at 01:05:00Z, but chain nightly was paused (enabled: false).`,
    );
  });
});

describe('an upstream that is also one of several for which the app waits', () => {
  it('is told by the plain link’s own skip, not by the other link’s order or skips', () => {
    const skips = [
      skip({ reason: 'waits-for', missing: [app('rates')], closesAt: at('03:00') }),
      skip({ reason: 'already-ordered', order: 'order:default:report:j1:r2' }),
      skip({ reason: 'outcome-not-matched', on: 'succeeded', outcome: 'failed' }),
    ];
    const event = ended('transform', 'r2', '01:05', { outcome: 'failed', skips });
    const _id = 'order:default:report:j1:r2' as OrderId;
    const joined = ordered('report', 'r2', '01:06', { ...done('r3', '01:06', '01:09'), _id });
    const facts = { ...NOTHING, orders: [joined], upstreams: [{ link: LINK, last: event, event }] };
    expect(answer(facts).at(-1)).to.equal(
      'transform failed at 01:05:00Z, but the link in chain nightly is on succeeded.',
    );
  });
});

describe('an upstream that had no link when it ended', () => {
  it('is not told as if nothing followed it now: the link was deployed later', () => {
    const skips = [skip({ reason: 'no-link' })];
    const event = ended('transform', 'r2', '01:05', { skips, resolvedAt: at('01:06') });
    expect(answer({ ...NOTHING, upstreams: [{ link: LINK, last: event, event }] }).at(-1)).to.contain(
      'transform succeeded at 01:05:00Z, when the deployed chains did not have this link (chain nightly)',
    );
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
      says: 'transform succeeded at 01:05:00Z, when the deployed chains did not have this link (chain nightly): deploy, then cascade replay event:default:r2.',
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
    ).to.deep.equal([{ link: LINK, verdict: { kind: 'link-unknown-then', isDeployed: false } }]);
  });

  it('is nothing where the end called for an order', () => {
    const order = ordered('report', 'r2', '01:05', { state: 'merged', into: 'order:default:report:s:r0' as OrderId });
    const facts = { ...NOTHING, orders: [order], upstreams: [{ link: LINK, last: TRANSFORMED, event: TRANSFORMED }] };
    expect(why(facts, labelOf, at('02:00')).upstreams[0]?.verdict.kind).to.equal('ordered');
  });
});
