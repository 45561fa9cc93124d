import { expect } from 'chai';
import { patientlyWith } from '../../../cli/logs/patiently.ts';
import { LOGGED_ACTIONS } from '../../../cli/logs/read-logs.ts';
import { type LogsRequest, showLogs } from '../../../cli/logs/show-logs.ts';
import { printReport } from '../../../cli/terminal.ts';
import type { NewDocument } from '../../../src/clients/couchdb/couchdb-port.ts';
import type { ListedActivation, LogsPort } from '../../../src/clients/openwhisk/activations-port.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { at, done, event, ledgerOf, order } from '../ledger/ledger-of.ts';

/** An activation as the fake host has it. */
interface Kept {
  readonly id: string;
  readonly path: string;
  readonly start: EpochMs;
  readonly logs: readonly string[];
  readonly statusCode?: number;
  /** It is listed, but it cannot be read: why not. */
  readonly fails?: 'gone' | CascadeError;
}

const line = (time: string, level: string, action: string, message: string, more: object = {}): string =>
  `2026-11-22T09:09:09.000000000Z ${JSON.stringify({
    ...{ time: `2026-11-22T${time}Z`, level, action, activationId: 'x', traceId: 'trace-1', message, ...more },
  })}`;
const kept = (id: string, action: string, time: string, ...logs: readonly string[]): Kept => ({
  ...{ id, path: `guest/cascade/${action}`, start: at(time), logs },
});

const DOCUMENTS = [
  event('extract', 'r1', at('01:00'), { recordedAt: at('01:01') }),
  order('transform', 'r1', at('01:00:01'), done('r2', at('01:00:02'), at('01:05'))),
  event('transform', 'r2', at('01:05'), { traceId: 'trace-2', recordedAt: at('01:06') }),
];
const ACCEPTED = line('01:00:00.100', 'info', 'receiver', 'Webhook accepted', { events: ['r1'] });
const RECEIVER = kept('act1', 'receiver', '01:00', ACCEPTED);
const RELOAD = kept('act2', 'reload', '01:00:01', line('01:00:02.000', 'warn', 'reload', 'Not sure', { order: 'o' }));
const SECOND = kept(
  'act3',
  'receiver',
  '01:05',
  line('01:05:00.000', 'info', 'receiver', 'Webhook accepted', { traceId: 'trace-2' }),
);

const busy = () => new CascadeError('OPENWHISK_UNREACHABLE', 'OpenWhisk answered 429 to it. Try again later.');

interface World {
  readonly documents?: readonly NewDocument[];
  /** In the host's list, the latest first. */
  readonly activations?: readonly Kept[];
  /** How many entries a page has. */
  readonly page?: number;
  /** Thrown by the next calls. */
  readonly failures?: CascadeError[];
}

async function logs(
  request: LogsRequest,
  { documents = DOCUMENTS, activations = [], page = 200, failures = [] }: World,
) {
  const { context, printed } = ledgerOf(documents);
  const asked: string[] = [];
  const slept: number[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const answer = async <T>(call: string, work: () => T): Promise<T> => {
    asked.push(call);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return work();
  };
  const find = (id: string) => activations.find((each) => each.id === id);
  const host: LogsPort = {
    page: ({ since, upto, skip }) =>
      answer(`page ${skip}`, () =>
        activations
          .filter(({ start }) => start >= since && start <= upto)
          .sort((a, b) => b.start - a.start)
          .slice(skip, skip + page)
          .map(
            ({ id, path, start, statusCode = 0 }): ListedActivation => ({
              activationId: id,
              path,
              start,
              statusCode,
              durationMs: 1,
            }),
          ),
      ),
    logs: (id) =>
      answer(`logs ${id}`, () => {
        const { fails, logs: lines } = find(id) ?? { fails: 'gone' };
        if (fails instanceof CascadeError) throw fails;
        return fails === 'gone' ? undefined : lines;
      }),
    activation: (id) =>
      answer(`activation ${id}`, () => {
        const found = find(id);
        return (
          found && {
            activationId: id,
            path: found.path,
            start: found.start,
            logs: found.logs,
            isSequence: found.path.endsWith('/webhook'),
          }
        );
      }),
  };
  const sleep = async (duration: number) => void slept.push(duration);
  const report = await showLogs(context, request, { host, patiently: patientlyWith(sleep, context.warn) });
  const code = printReport(report, context.terminal, false);
  return {
    code,
    json: report.json as Record<string, unknown>,
    out: printed.out,
    notes: printed.error.split('\n').slice(0, -1),
    asked,
    slept,
    mostAtOnce,
  };
}

describe('cascade logs', () => {
  it('prints the lines of all activations of a run in the order of time, whatever the host’s order', async () => {
    const { code, out, notes } = await logs({ id: 'r1' }, { activations: [SECOND, RELOAD, RECEIVER] });
    expect(out).to.equal(
      [
        '2026-11-22 01:00:00.100Z info  receiver  Webhook accepted {"events":["r1"]}',
        '2026-11-22 01:00:02.000Z warn  reload    Not sure {"order":"o"}',
        '2026-11-22 01:05:00.000Z info  receiver  Webhook accepted',
        '',
      ].join('\n'),
    );
    expect([code, notes]).to.deep.equal([0, []]);
  });

  it('prints of a trace only its own lines, and of an order what names it', async () => {
    const activations = [SECOND, RELOAD, RECEIVER];
    expect((await logs({ id: 'trace-2' }, { activations })).out).to.match(/^2026-11-22 01:05:00.000Z .*accepted\n$/);
    const id = 'order:default:transform:s:r1';
    const named = kept(
      'act4',
      'invoker',
      '01:00:01',
      line('01:00:01.000', 'info', 'invoker', 'Started', { order: id }),
    );
    expect((await logs({ id }, { activations: [...activations, named] })).out).to.equal(
      `2026-11-22 01:00:01.000Z info  invoker   Started {"order":"${id}"}\n`,
    );
  });

  it('is a list in JSON, with what was left out', async () => {
    const crash = kept('act5', 'storer', '01:01', line('01:01:00.000', 'info', 'storer', 'Ends recorded'), 'Killed');
    const { json } = await logs({ id: 'trace-1' }, { activations: [crash] });
    expect(json).to.deep.equal({
      lines: [
        {
          ...{ at: '2026-11-22T01:01:00.000Z', activationId: 'act5', action: 'storer' },
          fields: {
            ...{ time: '2026-11-22T01:01:00.000Z', level: 'info', action: 'storer', activationId: 'x' },
            ...{ traceId: 'trace-1', message: 'Ends recorded' },
          },
        },
        { at: '2026-11-22T01:01:00.000Z', activationId: 'act5', action: 'storer', text: 'Killed' },
      ],
      activations: { read: 1, withoutLines: 0, cut: 0, gone: 0, unread: 0 },
      tracesWithoutLines: [],
      missing: [],
    });
  });

  it('leaves out what does not match --grep, and what is older than --since, and counts the first', async () => {
    const activations = [SECOND, RELOAD, RECEIVER];
    const grepped = await logs({ id: 'r1', grep: /"level":"(warn|error)"/u }, { activations });
    expect([grepped.code, grepped.out.split('\n').length, grepped.notes]).to.deep.equal([
      ...[0, 2],
      ['2 lines did not match --grep.'],
    ]);
    const { code, notes } = await logs({ id: 'r1', grep: /nowhere/u }, { activations });
    expect([code, notes]).to.deep.equal([1, ['3 lines did not match --grep.']]);
    const recent = await logs({ id: 'r1', since: { at: at('01:04') } }, { activations });
    expect(recent.out).to.match(/^2026-11-22 01:05:00.000Z [^\n]*\n$/);
  });

  it('lists only the time that the ledger knows, and reads only Cascade’s actions: no sequence, no other software', async () => {
    const others = [
      kept('seq', 'webhook', '01:00', 'act1'),
      kept('chains', 'chains', '01:00'),
      { ...kept('alien', 'reload', '01:00', ACCEPTED), path: 'guest/other/reload' },
      { ...kept('trigger', 'x', '01:00'), path: '' },
      kept('before', 'receiver', '00:57:59', ACCEPTED),
      kept('after', 'receiver', '01:12:01', ACCEPTED),
    ];
    const { asked } = await logs({ id: 'r1' }, { activations: [RECEIVER, ...others] });
    expect(asked).to.deep.equal(['page 0', 'page 5', 'logs act1']);
  });

  it('reads every page of the list, each activation once, eight at a time', async () => {
    const many = Array.from({ length: 30 }, (_, index) => kept(`a${index}`, 'receiver', '01:00', ACCEPTED));
    const { asked, out, mostAtOnce } = await logs({ id: 'r1' }, { activations: [...many, many[3] as Kept], page: 7 });
    expect(asked.filter((call) => call.startsWith('logs'))).to.have.lengthOf(30);
    expect(out.trimEnd().split('\n')).to.have.lengthOf(30);
    expect(mostAtOnce).to.equal(8);
  });

  it('asks a busy host again after 1, 5 and 20 seconds, and says so once', async () => {
    const failures = [busy(), busy(), busy()];
    const { code, slept, notes } = await logs({ id: 'r1' }, { activations: [RECEIVER, SECOND], failures });
    expect([code, slept]).to.deep.equal([0, [1_000, 5_000, 20_000]]);
    expect(notes).to.deep.equal(['OpenWhisk answered 429 to it. Try again later. This command asks again in 5 s.']);
  });

  it('gives up on a host that lists nothing, and goes on past a log that cannot be read, which it counts', async () => {
    const failures = [busy(), busy(), busy(), busy()];
    const refused = await logs({ id: 'r1' }, { failures }).catch((error: CascadeError) => error);
    expect(refused).to.include({ code: 'OPENWHISK_UNREACHABLE' });
    const activations = [
      { ...RECEIVER, fails: busy() },
      { ...RELOAD, fails: busy() },
      { ...kept('gone', 'storer', '01:01'), fails: 'gone' as const },
      SECOND,
    ];
    const { code, notes, json, slept } = await logs({ id: 'r1' }, { activations });
    expect(code).to.equal(1);
    expect(json['activations']).to.deep.equal({ read: 1, withoutLines: 0, cut: 0, gone: 1, unread: 2 });
    expect(notes).to.include.members([
      '1 activation left out: the host listed them, and then did not have them any more.',
      '2 activations could not be read. The first: OpenWhisk answered 429 to it. Try again later.',
    ]);
    // After the first one it waits no more.
    expect(slept.length).to.be.at.most(6);
  });

  it('asks a host that has not answered for 26 seconds only once from then on', async () => {
    const slept: number[] = [];
    const patiently = patientlyWith(
      async (duration) => void slept.push(duration),
      () => {},
    );
    let asked = 0;
    const ask = async (): Promise<never> => {
      asked += 1;
      throw busy();
    };
    for (let times = 0; times < 2; times += 1) await patiently(ask).catch(() => undefined);
    expect([asked, slept]).to.deep.equal([5, [1_000, 5_000, 20_000]]);
  });

  it('prints a line without a time right behind the line before it', async () => {
    const crash = kept('act5', 'storer', '01:01', line('01:05:30.000', 'info', 'storer', 'Ends recorded'), 'Killed');
    const { out } = await logs({ id: 'r1' }, { activations: [SECOND, crash] });
    const words = out
      .trimEnd()
      .split('\n')
      .map((text) => text.trim().split(' ').at(-1));
    expect(words).to.deep.equal(['accepted', 'recorded', 'Killed']);
  });

  it('says that the host cut a log at its limit', async () => {
    const cut = 'Logs were truncated because the total bytes size exceeds the limit of 10485760 bytes.';
    const { notes } = await logs({ id: 'trace-1' }, { activations: [{ ...RECEIVER, logs: [ACCEPTED, cut] }] });
    expect(notes).to.deep.equal(['1 log not whole: OpenWhisk cut them at the action’s log limit, or lost lines.']);
  });

  it('says what it means that a host has no lines, no activations, or only failed ones', async () => {
    const empty = await logs(
      { id: 'r1' },
      {
        activations: [
          { ...RECEIVER, logs: [] },
          { ...SECOND, logs: [] },
        ],
      },
    );
    expect([empty.code, empty.out, empty.notes]).to.deep.equal([
      ...[1, ''],
      [
        '2 activations read. The host gave no lines of any of them. Many hosts return empty logs, because they keep logs elsewhere: search there for the trace ids. Other hosts keep no logs.',
      ],
    ]);
    const nothing = await logs({ id: 'r1' }, {});
    expect([nothing.code, nothing.notes]).to.deep.equal([
      1,
      [
        'The host lists no activation of Cascade from 2026-11-22 00:58:00Z to 2026-11-22 01:12:00Z. A host keeps activations for some days at most. Some hosts keep none that succeeded, or none of web calls.',
      ],
    ]);
    const failed = await logs({ id: 'trace-1' }, { activations: [{ ...RECEIVER, statusCode: 1 }] });
    expect([failed.code, failed.notes]).to.deep.equal([
      0,
      ['The host lists only activations that failed, so it may keep no others.'],
    ]);
  });

  it('says of which trace ids of a run it found no line: their activations may be older than the host keeps', async () => {
    const { code, notes } = await logs({ id: 'r1' }, { activations: [SECOND] });
    expect([code, notes]).to.deep.equal([
      0,
      [
        'No line was found of 1 trace id, the first is trace-1. A host keeps activations for some days at most. Some hosts keep none that succeeded, or none of web calls.',
      ],
    ]);
  });

  it('says of an order that no reload of it was found', async () => {
    const named = kept(
      'act4',
      'invoker',
      '01:00',
      line('01:00:01.000', 'info', 'invoker', 'Started', { order: 'order:default:transform:s:r1' }),
    );
    const { notes } = await logs({ id: 'order:default:transform:s:r1' }, { activations: [named] });
    expect(notes[0]).to.match(/^No line of an activation of reload was found\./);
  });

  it('finds the trace of a refused webhook by its activation, also by that of the sequence', async () => {
    const part = 'b'.repeat(32);
    const refused = line('01:30:00.000', 'warn', 'receiver', 'A webhook was refused', { traceId: part });
    const receiver = { ...kept(part, 'receiver', '01:30', refused) };
    const sequence = kept('c'.repeat(32), 'webhook', '01:30', part);
    for (const id of [part, sequence.id]) {
      expect((await logs({ id }, { activations: [receiver, sequence, SECOND] })).out, id).to.equal(
        '2026-11-22 01:30:00.000Z warn  receiver  A webhook was refused\n',
      );
    }
  });

  describe('of a run whose notice waits for its channel', () => {
    const notifier = (time: string, message: string, more: object = {}): Kept =>
      kept(`n${time}`, 'notifier', time, line(`${time}:00.000`, 'info', 'notifier', message, more));
    const NOTIFIED = notifier('01:01', 'Notified', { messages: 0, notices: 0 });
    const SENT = notifier('01:30', 'Notice sent', { channel: 'ops' });
    const NOTE =
      'No line until 2026-11-22 01:12:00Z says that a channel took the notice of trace id trace-1. To look further: --until 2026-11-22T02:00';

    it('says that a channel may have taken it later, and finds that with --until', async () => {
      const activations = [RECEIVER, SECOND, NOTIFIED, SENT];
      const { notes, out } = await logs({ id: 'r1' }, { activations });
      expect([notes, out.includes('Notice sent')]).to.deep.equal([[NOTE], false]);
      for (const until of [{ at: at('01:40') }, { at: at('09:00') }]) {
        const later = await logs({ id: 'r1', until }, { activations });
        expect([later.notes, later.out.includes('Notice sent')]).to.deep.equal([[], true]);
      }
    });

    it('says so of a channel that took nothing, although another one did', async () => {
      const refused = notifier('01:02', 'The channel "ops" took no message: 503', { channel: 'ops', answer: 'busy' });
      const other = notifier('01:03', 'Notice sent', { channel: 'team' });
      const { notes } = await logs({ id: 'r1' }, { activations: [RECEIVER, SECOND, NOTIFIED, refused, other] });
      expect(notes).to.deep.equal([NOTE]);
      const after = notifier('01:04', 'Notice sent', { channel: 'ops' });
      const both = await logs({ id: 'r1' }, { activations: [RECEIVER, SECOND, NOTIFIED, refused, other, after] });
      expect(both.notes).to.deep.equal([]);
    });

    it('says nothing of a notice that was dropped', async () => {
      const dropped = notifier('01:02', 'A notice is dropped: the channel "ops" refuses it: 400', { channel: 'ops' });
      const { notes } = await logs({ id: 'r1' }, { activations: [RECEIVER, SECOND, NOTIFIED, dropped] });
      expect(notes).to.deep.equal([]);
    });
  });

  it('refuses an id that nobody knows', async () => {
    for (const id of ['nothing', 'd'.repeat(32)]) {
      const error = await logs({ id }, { activations: [RECEIVER] }).catch((caught: CascadeError) => caught);
      expect(error).to.include({ code: 'PARAMETERS_INVALID' });
    }
  });

  it('reads the latest 5,000 activations at most, and says from when on', async () => {
    const many = Array.from({ length: 5_010 }, (_, index) => ({
      ...kept(`a${index}`, 'receiver', '01:00'),
      start: (at('01:00') + index) as EpochMs,
    }));
    const { code, asked, notes } = await logs({ id: 'trace-1' }, { activations: many });
    expect(asked.filter((call) => call.startsWith('logs'))).to.have.lengthOf(5_000);
    expect([code, notes.at(-1)]).to.deep.equal([
      1,
      'At most 20000 activations are listed, and 5000 read: none was that started before 2026-11-22 01:00:00Z. Give an order or a trace id of the run, or --since.',
    ]);
  });

  it('reads all actions but those that answer readers and count activations', () => {
    expect(LOGGED_ACTIONS).to.have.members([
      ...['receiver', 'resolver', 'invoker', 'reload', 'collector', 'storer', 'notifier'],
    ]);
  });
});
