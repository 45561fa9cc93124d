import { expect } from 'chai';
import { readDocuments } from '../../../cli/ledger/read-documents.ts';
import { readRecentRuns } from '../../../cli/ledger/read-recent-runs.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { DurationMs } from '../../../src/core/units.ts';
import { at, commands, done, event, ledgerOf, NOT_MATCHED, NOW, order } from './ledger-of.ts';

const { listRuns, showRun, showWhy } = commands;

const SKIPPED = { skips: [NOT_MATCHED] };

const RUN = [
  event('extract', 'r1', at('01:00'), { startedBy: 'hub', ...SKIPPED }),
  order('transform', 'r1', at('01:00:01'), done('r2', at('01:00:02'), at('01:05'))),
  event('transform', 'r2', at('01:05')),
  order('report', 'r2', at('01:05:01'), { state: 'parked', hops: 2, dueAt: at('02:04') }),
];
const OLDER = event('extract', 'r0', at('00:10'), { outcome: 'failed' });

describe('cascade runs', () => {
  it('lists runs in lines, newest first', async () => {
    const { context, printed } = ledgerOf([...RUN, OLDER]);
    expect(await listRuns(context, { limit: 20 })).to.equal(0);
    expect(printed).to.deep.equal({
      out: [
        '2026-11-22 01:00:00Z  Extract succeeded  going    1 h          2 orders: 1 succeeded, 1 parked  event:default:r1',
        '2026-11-22 00:10:00Z  Extract failed     finished 0 s          nothing followed                 event:default:r0',
        '',
      ].join('\n'),
      error: '',
    });
  });

  it('counts the further attempts of a run, also the one that is to come', async () => {
    const retry = { policy: { retry: { attempts: 3, delay: 60_000 } } };
    const documents = [
      event('extract', 'r1', at('01:00')),
      order('transform', 'r1', at('01:00:01'), { ...done('r4', at('01:10'), at('01:15')), try: 2, ...retry }),
      order('report', 'r1', at('01:00:01'), {
        state: 'waiting',
        try: 3,
        ends: ['r5', 'r6'],
        dueAt: at('02:04'),
        ...retry,
      }),
    ];
    const { context, printed } = ledgerOf(documents);
    await listRuns(context, { limit: 20 });
    expect(printed.out).to.contain('2 orders: 1 succeeded, 1 waiting; 3 further attempts  event:default:r1');
    const { context: asJson, json } = ledgerOf(documents, { json: true });
    await listRuns(asJson, { limit: 20 });
    expect(json()).to.have.nested.property('runs[0].furtherAttempts', 3);
  });

  it('tells a reload that ran too long from one that a person canceled', async () => {
    const canceled = (id: string) => ({ ...done(id, at('01:10'), at('01:15')), outcome: 'canceled' });
    const reason = { code: 'TIMED_OUT', message: 'It ran longer than its timeout, so Cascade canceled it' };
    const documents = [
      event('extract', 'r1', at('01:00')),
      order('transform', 'r1', at('01:00:01'), { ...canceled('r2'), reason }),
      order('report', 'r1', at('01:00:01'), canceled('r3')),
    ];
    const { context, printed } = ledgerOf(documents);
    await listRuns(context, { limit: 20 });
    expect(printed.out).to.contain('2 orders: 1 canceled, 1 timed out  event:default:r1');
    const { context: asJson, json } = ledgerOf(documents, { json: true });
    await listRuns(asJson, { limit: 20 });
    expect(json()).to.have.nested.property('runs[0].timedOut', 1);
  });

  it('tells of a chain that was paused when the app ended', async () => {
    const { context, printed } = ledgerOf([
      event('extract', 'r1', at('01:00'), { skips: [{ ...SKIPPED.skips[0], reason: 'paused' }] }),
    ]);
    await showRun(context, 'r1');
    expect(printed.out).to.include('not reloaded: chain nightly was paused (enabled: false)\n');
  });

  it('says how many more there are than it shows', async () => {
    const { context, printed } = ledgerOf([...RUN, OLDER]);
    await listRuns(context, { limit: 1 });
    expect(printed.out).to.match(/event:default:r1\n1 more run not shown: give a larger --limit\n$/);
  });

  it('leaves out runs in which nothing happened since', async () => {
    const { context, printed } = ledgerOf([...RUN, OLDER]);
    await listRuns(context, { limit: 20, since: (60 * 60_000) as DurationMs });
    expect(printed.out).to.match(/^2026-11-22 01:00:00Z .*\n1 more run not shown: give a larger --limit or --since\n$/);
  });

  it('says that there are none yet', async () => {
    const { context, printed } = ledgerOf([]);
    expect(await listRuns(context, { limit: 20 })).to.equal(0);
    expect(printed.out).to.equal('No runs yet: no reload of an app in a chain has ended since the ledger began.\n');
  });

  it('calls an app by its id where no chain file has it', async () => {
    const { context, printed } = ledgerOf([event('gone', 'r1', at('01:00'))]);
    await listRuns(context, { limit: 20 });
    expect(printed.out).to.include('  default/gone succeeded  ');
  });

  it('takes an end that an earlier version stored from the future for one of 5 minutes after it was told, by a clock that may be 5 minutes off', async () => {
    const future = event('extract', 'r7', at('01:00'), { endedAt: NOW + 31_536_000_000, storedAt: at('01:00') });
    const { context, printed } = ledgerOf([future]);
    await listRuns(context, { limit: 1 });
    expect(printed.out).to.match(/^2026-11-22 01:10:00Z {2}Extract succeeded/);
  });

  it('leaves out runs in which nothing happened since a date', async () => {
    const { context, printed } = ledgerOf([...RUN, OLDER]);
    await listRuns(context, { limit: 20, since: { at: at('01:00') } });
    expect(printed.out).to.match(/^2026-11-22 01:00:00Z .*\n1 more run not shown/);
  });

  it('prints them as JSON', async () => {
    const { context, json } = ledgerOf([...RUN, OLDER], { json: true });
    await listRuns(context, { limit: 1 });
    expect(json()).to.deep.equal({
      ok: true,
      runs: [
        {
          root: 'event:default:r1',
          app: { tenant: 'default', appId: 'extract', label: 'Extract' },
          outcome: 'succeeded',
          byHand: false,
          state: 'going',
          beganAt: '2026-11-22T01:00:00.000Z',
          lastAt: '2026-11-22T01:05:01.000Z',
          orders: { ended: 1, parked: 1 },
          outcomes: { succeeded: 1 },
          timedOut: 0,
          furtherAttempts: 0,
          waiting: 0,
          ordersElsewhere: 0,
        },
      ],
      older: 1,
      missing: [],
    });
  });

  it('names a document that is not what Cascade writes, and shows the rest', async () => {
    const { context, printed } = ledgerOf([...RUN, { ...order('x', 'r1', at('01:00')), schema: 2 }]);
    expect(await listRuns(context, { limit: 20 })).to.equal(0);
    expect(printed.out).to.include('event:default:r1');
    expect(printed.error).to.equal(
      'Left out, as they are not what this version of Cascade writes: 1 order, the first is order:default:x:s:r1.\n',
    );
  });

  const FAILED: readonly (readonly [what: string, document: NewDocument])[] = [
    [
      'a reload failed',
      order('repair', 'r1', at('01:02'), { ...done('r3', at('01:03'), at('01:04')), outcome: 'failed' }),
    ],
    [
      'a reload exceeded a limit',
      order('repair', 'r1', at('01:02'), { ...done('r3', at('01:03'), at('01:04')), outcome: 'exceeded-limit' }),
    ],
    ['an order was given up', order('repair', 'r1', at('01:02'), { state: 'gave-up' })],
    ['its root failed', event('extract', 'r1', at('01:00'), { outcome: 'failed' })],
  ];
  for (const [what, document] of FAILED) {
    it(`ends with 1 where ${what}`, async () => {
      const documents = [...RUN.filter(({ _id }) => _id !== document._id), document];
      expect(await showRun(ledgerOf(documents).context, 'r1')).to.equal(1);
      const { context, json } = ledgerOf(documents, { json: true });
      expect([await showRun(context, 'r1'), json()['ok']]).to.deep.equal([1, false]);
    });
  }

  it('ends with 0 where a person canceled a reload or called an order off', async () => {
    const canceled = order('repair', 'r1', at('01:02'), {
      ...done('r3', at('01:03'), at('01:04')),
      outcome: 'canceled',
    });
    const off = order('report', 'r9', at('01:02'), { state: 'called-off' });
    expect(await showRun(ledgerOf([...RUN, canceled, off]).context, 'r1')).to.equal(0);
  });

  it('leaves out skips whose reason a newer version wrote', async () => {
    const { context, printed } = ledgerOf([event('extract', 'r1', at('01:00'), { skips: [{ reason: 'busy' }] })]);
    await showRun(context, 'r1');
    expect(printed.out).to.match(/^event:default:r1 {2}finished.*\nExtract succeeded .*\n$/);
  });

  it('reads page by page, and stops at the most that it reads', async () => {
    const documents = Array.from({ length: 2_500 }, (_, n) => event('extract', `r${n}`, at('01:00')));
    const { store } = ledgerOf(documents);
    const id = ({ _id }: { readonly _id: string }) => _id;
    const all = await readDocuments(store, 'event:', id);
    expect([all.found.length, new Set(all.found).size, all.isCut]).to.deep.equal([2_500, 2_500, false]);
    expect(store.asked).to.deep.equal(['range event:', 'range event:', 'range event:']);
    const some = await readDocuments(store, 'event:', id, 1_200);
    expect([some.found.length, some.isCut]).to.deep.equal([1_200, true]);
    const just = await readDocuments(store, 'event:', id, 2_500);
    expect([just.found.length, just.isCut]).to.deep.equal([2_500, false]);
  });
});

describe('cascade runs on a large ledger', () => {
  const HOUR = 3_600_000;
  /** An end each minute before 23:00 of the day before, each with an order and its end 30 s later. */
  const MANY = Array.from({ length: 2_000 }, (_, index) => {
    const endedAt = (at('00:00') - HOUR - index * 60_000) as typeof NOW;
    const [cause, reloadId] = [`c${index}`, `d${index}`];
    const [postedAt, end] = [endedAt + 2_000, endedAt + 30_000] as (typeof NOW)[];
    return [
      event('extract', cause, endedAt),
      {
        ...order('transform', cause, (endedAt + 1_000) as typeof NOW, done(reloadId, postedAt ?? NOW, end ?? NOW)),
        root: `event:default:${cause}`,
      },
      event('transform', reloadId, end ?? NOW),
    ];
  }).flat();
  const listed = async (documents: readonly NewDocument[], request: Parameters<typeof listRuns>[1]) => {
    const { context, json, store } = ledgerOf(documents, { json: true });
    await listRuns(context, request);
    const { runs, ...rest } = json() as { runs: { root: string; orders: object; lastAt: string }[] };
    return { runs, rest, store };
  };

  it('reads the newest runs, whole, and says that there are more', async () => {
    const { runs, rest, store } = await listed(MANY, { limit: 2 });
    expect(runs.map(({ root, orders }) => [root, orders])).to.deep.equal([
      ['event:default:c0', { ended: 1 }],
      ['event:default:c1', { ended: 1 }],
    ]);
    expect(rest).to.include({ areMoreOlder: true });
    expect(store.asked.filter((asked) => asked.startsWith('range'))).to.deep.equal([]);
    expect(store.asked.filter((asked) => asked === 'latest endedAt')).to.have.length(1);
    const { context, printed } = ledgerOf(MANY);
    await listRuns(context, { limit: 2 });
    expect(printed.out).to.match(/\nat least \d+ more runs not shown: give a larger --limit\n$/);
  });

  it('reads on until it has as many runs as asked for, and counts the others if it has read all', async () => {
    const { runs, rest } = await listed(MANY, { limit: 1_999 });
    expect([runs.length, runs.at(-1)?.root, rest]).to.deep.equal([
      1_999,
      'event:default:c1998',
      { ok: true, older: 1, missing: [] },
    ]);
  });

  const LONG_AGO = at('00:00') - 40 * HOUR;
  const root = event('extract', 'old', LONG_AGO as typeof NOW);
  const begun = { root: 'event:default:old', causes: ['old'] };
  const whileAgo = (LONG_AGO + 1_000) as typeof NOW;
  const early = order('report', 'old', whileAgo, {
    ...begun,
    ...done('early', whileAgo, (LONG_AGO + 60_000) as typeof NOW),
  });
  const LATE: readonly (readonly [what: string, documents: readonly NewDocument[]])[] = [
    [
      'a reload that ended',
      [
        order('transform', 'old', whileAgo, { ...begun, ...done('e1', whileAgo, at('01:30')) }),
        event('transform', 'e1', at('01:30')),
      ],
    ],
    [
      'a reload that is running',
      [
        order('transform', 'old', whileAgo, {
          ...begun,
          state: 'posted',
          reloadId: 'e1',
          postedAt: at('01:30'),
          dueAt: at('02:04'),
        }),
      ],
    ],
    ['an order that was created', [order('transform', 'r1.old', at('01:30'), { ...begun, state: 'called-off' })]],
    [
      'an end without an event',
      [order('transform', 'old', whileAgo, { ...begun, ...done('e1', whileAgo, at('01:30')) })],
    ],
  ];
  for (const [what, documents] of LATE) {
    it(`shows a run that began before the window, whole, for ${what}`, async () => {
      const { runs } = await listed(
        [...MANY, root, early, event('report', 'early', (LONG_AGO + 60_000) as typeof NOW), ...documents],
        {
          limit: 20,
          since: HOUR as DurationMs,
        },
      );
      expect(runs.map((run) => [run.root, run.lastAt])).to.deep.equal([
        ['event:default:old', '2026-11-22T01:30:00.000Z'],
      ]);
      const states = Object.values(runs[0]?.orders ?? {}).reduce((sum: number, count: number) => sum + count, 0);
      expect(states).to.equal(2);
    });
  }

  it('shows a run whose beginning is gone, whole', async () => {
    const late = order('transform', 'old', whileAgo, { ...begun, ...done('e1', whileAgo, at('01:30')) });
    const { runs } = await listed([...MANY, early, late, event('transform', 'e1', at('01:30'))], {
      limit: 20,
      since: HOUR as DurationMs,
    });
    expect(runs).to.have.length(1);
    expect(runs[0]).to.deep.include({ root: 'event:default:old', beganAt: '2026-11-20T08:00:01.000Z' });
  });

  it('knows a reload for an order’s by what started it, if the order is older than the window', async () => {
    const started = {
      _id: 'started:default:e1',
      schema: 1,
      type: 'started',
      order: 'order:default:transform:s:old',
      also: [],
      isGuess: false,
      hops: 1,
      root: 'event:default:old',
    };
    const late = order('transform', 'old', whileAgo, { ...begun, ...done('e1', whileAgo, whileAgo) });
    const { runs } = await listed([...MANY, root, late, started, event('transform', 'e1', at('01:30'))], {
      limit: 1,
      since: HOUR as DurationMs,
    });
    expect(runs.map((run) => run.root)).to.deep.equal(['event:default:old']);
  });

  it('stops at the most documents that it reads, and says so', async () => {
    const { store } = ledgerOf(MANY);
    const { runs, isAll, missing } = await readRecentRuns(store, {
      limit: 10_000,
      oldest: 0 as typeof NOW,
      most: 1_000,
    });
    expect([runs.length > 100, runs.length < 600, isAll, missing]).to.deep.equal([
      true,
      true,
      false,
      ['More than 1000 events or orders would have to be read: only the latest were, so that some runs are missing.'],
    ]);
  });

  for (const id of ['c1900', 'd1900', 'event:default:d1900', 'order:default:transform:s:c1900']) {
    it(`reads only the run that has ${id}`, async () => {
      const { context, store, json } = ledgerOf(MANY, { json: true });
      await showRun(context, id);
      expect(json()).to.have.nested.property('run.root', 'event:default:c1900');
      expect(store.asked.filter((asked) => asked.startsWith('latest'))).to.deep.equal([]);
    });
  }
});

describe('the times that Qlik says of a reload', () => {
  const times = { createdAt: at('00:59:00'), startedAt: at('00:59:03') };
  const TIMED = [
    event('extract', 'r1', at('01:00'), times),
    order('transform', 'r1', at('01:00:02'), done('r2', at('01:00:03'), at('01:05'))),
    event('transform', 'r2', at('01:05'), { startedAt: at('01:01') }),
  ];

  it('stand in the list, added up', async () => {
    const { context, printed } = ledgerOf([...TIMED, event('extract', 'r9', at('00:10'))]);
    await listRuns(context, { limit: 20 });
    const [first, second] = printed.out.split('\n');
    expect(first).to.match(/1 order: 1 succeeded {2}queued 3 s, ran 4 min 57 s {2}event:default:r1$/);
    expect(second).to.match(/nothing followed {34}event:default:r9$/);
  });

  it('stand in the tree, of each reload', async () => {
    const { context, printed } = ledgerOf(TIMED);
    await showRun(context, 'r1');
    expect(printed.out).to.equal(
      [
        'event:default:r1  finished, 5 min; 1 order: 1 succeeded; queued 3 s, ran 4 min 57 s',
        'Extract succeeded  at 2026-11-22 01:00:00Z  queued 3 s, ran 57 s  reload r1',
        '└─ Transform succeeded  2026-11-22 01:00:03Z → 01:05:00Z  ran 4 min  reload r2  chain nightly',
        '',
      ].join('\n'),
    );
  });

  it('are numbers in JSON', async () => {
    const { context, json } = ledgerOf(TIMED, { json: true });
    await showRun(context, 'r1');
    expect(json()).to.have.nested.property('run.ranSeconds', 297);
    expect(json()).to.deep.nested.include({
      'run.tree[0].end.createdAt': '2026-11-22T00:59:00.000Z',
      'run.tree[0].end.startedAt': '2026-11-22T00:59:03.000Z',
      'run.tree[0].end.queuedSeconds': 3,
      'run.tree[0].end.ranSeconds': 57,
    });
  });

  it('stand in the answer to why', async () => {
    const { context, printed } = ledgerOf(TIMED);
    await showWhy(context, 'extract');
    expect(printed.out).to.include('Extract last ended at 2026-11-22 01:00:00Z: succeeded (queued 3 s, ran 57 s). ');
  });
});

describe('cascade runs <run>', () => {
  const TREE = [
    'event:default:r1  still going, 1 h; 2 orders: 1 succeeded, 1 parked',
    'Extract succeeded  at 2026-11-22 01:00:00Z  reload r1 started by hub',
    '├─ Transform succeeded  2026-11-22 01:00:02Z → 01:05:00Z  reload r2  chain nightly',
    '│  └─ Report waits until its app is free: another reload is pending; Cascade looks again at 02:04:00Z at the latest, and earlier if the app is free  owed since 01:05:01Z  chain nightly  order:default:report:s:r2',
    '└─ Repair: not reloaded: the link in chain nightly follows only a failure',
    '',
  ].join('\n');

  for (const id of ['event:default:r1', 'r1', 'r2', 'order:default:report:s:r2']) {
    it(`shows the run that has ${id} as a tree`, async () => {
      const { context, printed } = ledgerOf([...RUN, OLDER]);
      expect(await showRun(context, id)).to.equal(0);
      expect(printed).to.deep.equal({ out: TREE, error: '' });
    });
  }

  it('prints it as JSON', async () => {
    const { context, json } = ledgerOf(RUN, { json: true });
    await showRun(context, 'r1');
    expect(json()).to.have.nested.property('run.tree[0].followers[0].order.order', 'order:default:transform:s:r1');
    expect(json()).to.have.nested.property('run.tree[0].followers[0].end.endedAt', '2026-11-22T01:05:00.000Z');
    expect(json()).to.have.nested.property('run.tree[0].followers[0].followers[0].order.state', 'parked');
    expect(json()).to.have.nested.property('run.tree[0].skips[0].reason', 'outcome-not-matched');
  });

  it('is a misuse where no run has it', async () => {
    const { context } = ledgerOf(RUN);
    const failure = await showRun(context, 'r77').catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(CascadeError);
    expect(failure).to.include({ code: 'PARAMETERS_INVALID' });
  });

  it('asks which where two tenants have a reload of this id', async () => {
    const other = event('extract', 'r1', at('01:00'), { _id: 'event:other:r1', tenant: 'other' });
    const failure = await showRun(ledgerOf([...RUN, other]).context, 'r1').catch((error: Error) => error);
    expect(failure).to.have.property(
      'message',
      'Several runs have "r1": give one of event:default:r1, event:other:r1.',
    );
  });

  it('shows a reload that failed with its error, and one that was merged with the other', async () => {
    const { context, printed } = ledgerOf([
      event('extract', 'r1', at('01:00'), { outcome: 'failed', error: { code: 'E1', message: 'no\nconnection' } }),
      order('repair', 'r1', at('01:00:01'), { state: 'merged', into: 'order:default:repair:s:r0' }),
    ]);
    await showRun(context, 'r1');
    expect(printed.out.split('\n').slice(1, 3)).to.deep.equal([
      'Extract failed  at 2026-11-22 01:00:00Z  reload r1  no ⏎ connection',
      '└─ Repair was merged into order:default:repair:s:r0  owed since 01:00:01Z  chain nightly  order:default:repair:s:r1',
    ]);
  });
});
