import { expect } from 'chai';
import { type CascadeWithLedger, cascadeWithLedger } from '../support/cascade-with-ledger.ts';

/** The id of an app of the tests. */
const id = (app: number): string => `${String(app).padStart(8, '0')}-0000-4000-8000-000000000000`;

const [EXTRACT, TRANSFORM, REPORT, ALARM, ONCE] = [11, 12, 13, 14, 15].map(id) as [
  string,
  string,
  string,
  string,
  string,
];
const [LOAD, SLOW, AFTER_SLOW, SLOW_FAILED] = [21, 22, 23, 24].map(id) as [string, string, string, string];
const [START, LONG, LONG_FAILED, LONG_ANY] = [31, 32, 33, 34].map(id) as [string, string, string, string];

const CHAINS = {
  'retry.yaml': `
chain: retry
apps:
  extract: { id: ${EXTRACT} }
  transform: { id: ${TRANSFORM} }
  report: { id: ${REPORT} }
  alarm: { id: ${ALARM} }
  once: { id: ${ONCE} }
reloads:
  - { app: transform, after: extract, retry: { attempts: 2, delay: 1s, backoff: none } }
  - { app: report, after: transform }
  - { app: alarm, after: { app: transform, on: failed } }
  - { app: once, after: { all: [{ app: extract, on: any }, { app: transform, on: any }] } }
`,
  'timeout.yaml': `
chain: timeout
apps:
  load: { id: ${LOAD} }
  slow: { id: ${SLOW} }
  next: { id: ${AFTER_SLOW} }
  alarm: { id: ${SLOW_FAILED} }
reloads:
  - { app: slow, after: load, timeout: 1s, retry: { attempts: 1, delay: 1s } }
  - { app: next, after: slow }
  - { app: alarm, after: { app: slow, on: failed } }
`,
  'person.yaml': `
chain: person
apps:
  start: { id: ${START} }
  long: { id: ${LONG} }
  failed: { id: ${LONG_FAILED} }
  any: { id: ${LONG_ANY} }
reloads:
  - { app: long, after: start, timeout: 5h, retry: { attempts: 3 } }
  - { app: failed, after: { app: long, on: failed } }
  - { app: any, after: { app: long, on: any } }
`,
};
const HOUR = 3_600_000;
const ALL = [
  EXTRACT,
  TRANSFORM,
  REPORT,
  ALARM,
  ONCE,
  LOAD,
  SLOW,
  AFTER_SLOW,
  SLOW_FAILED,
  START,
  LONG,
  LONG_FAILED,
  LONG_ANY,
];

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

describe('attempts of a reload, from the tenant to what follows', () => {
  let cascade: CascadeWithLedger;
  before(async () => {
    cascade = await cascadeWithLedger({
      chains: CHAINS,
      // An order whose reload runs too long is due two minutes after its start: here 2.4 seconds.
      timeFactor: 0.02,
      apps: ALL.map((app) => ({ id: app, durationMs: app === SLOW || app === LONG ? HOUR : 50 })),
    });
  });
  after(() => cascade?.close());

  /** Sweeps until `is` holds, as the host would go on sweeping every 5 minutes. */
  const sweepUntil = (what: string, is: () => boolean | Promise<boolean>): Promise<void> =>
    cascade.until(what, async () => {
      if (await is()) return true;
      await cascade.sweep();
      return is();
    });
  const orderOf = async (app: string): Promise<Json> => (await cascade.documents(`order:default:${app}:`))[0];
  const countOf = async (app: string): Promise<number> => (await cascade.started())[app] ?? 0;
  const eventOf = async (reloadId: string): Promise<Json> => (await cascade.documents(`event:default:${reloadId}`))[0];
  /** The resource ids of an app's reloads in the tenant, in order. */
  async function attemptsOf(app: string): Promise<readonly string[]> {
    const { json } = await cascade.tenantCall('GET', '/_sim/journal?after=0');
    return json.data
      .filter(({ kind, status, appId }: Json) => kind === 'reload' && status === 'QUEUED' && appId === app)
      .map(({ resourceId }: Json) => resourceId);
  }
  /** Waits until all events are recorded, too. The storer ends an order, and it works beside the resolver. */
  const allFinished = (): Promise<void> =>
    sweepUntil('every event is resolved and recorded', async () =>
      (await cascade.documents('event:')).every(
        ({ resolvedAt, recordedAt }) => typeof resolvedAt === 'number' && typeof recordedAt === 'number',
      ),
    );

  it('retry: a reload that fails twice is started three times, and what follows it sees the last attempt only', async () => {
    await cascade.tenantCall('PUT', `/_sim/apps/${TRANSFORM}/next-outcomes`, ['failed', 'exceeded-limit']);
    const cause = await cascade.reloadByHand(EXTRACT);
    await sweepUntil('what follows', async () => (await countOf(REPORT)) === 1 && (await countOf(ONCE)) === 1);
    await allFinished();
    const order = `order:default:${TRANSFORM}:s:${cause}`;
    expect(await attemptsOf(TRANSFORM)).to.deep.equal([`${order}~1`, `${order}~2`, `${order}~3`]);
    expect(await cascade.started()).to.deep.include({ [TRANSFORM]: 3, [REPORT]: 1, [ONCE]: 1 });
    expect(await countOf(ALARM)).to.equal(0);
    const stored = await orderOf(TRANSFORM);
    expect(stored).to.deep.include({ _id: order, state: 'ended', outcome: 'succeeded', try: 3 });
    expect(stored.ends).to.have.length(3);
    const [first] = (await eventOf(stored.ends[0])).skips;
    expect(first).to.deep.include({ reason: 'will-retry', order, attempt: 1, attempts: 3 });
    const causes = (await orderOf(ONCE)).causes;
    expect(causes).to.have.members([cause, stored.ends[2]]);
  });

  it('retry: after the last attempt the failure counts', async () => {
    await cascade.tenantCall('PUT', `/_sim/apps/${TRANSFORM}/next-outcomes`, ['failed', 'failed', 'failed']);
    const cause = await cascade.reloadByHand(EXTRACT);
    await sweepUntil('the alarm', async () => (await countOf(ALARM)) === 1);
    await allFinished();
    expect(await attemptsOf(TRANSFORM)).to.have.length(6);
    expect(await countOf(REPORT)).to.equal(1);
    const [stored] = await cascade.documents(`order:default:${TRANSFORM}:s:${cause}`);
    expect(stored).to.deep.include({ state: 'ended', outcome: 'failed', try: 3 });
  });

  it('timeout: a reload that runs too long is canceled, also if Qlik does not answer at first, and is started again', async () => {
    const cause = await cascade.reloadByHand(LOAD);
    await cascade.until('the first attempt', async () => (await orderOf(SLOW))?.state === 'posted');
    const { reloadId } = await orderOf(SLOW);
    const cancel = 'POST /api/v1/reloads/{id}/actions/cancel';
    await cascade.tenantCall('PUT', '/_sim/faults', [{ on: cancel, kind: 'drop-before', times: 1 }]);
    await sweepUntil('Qlik was asked', async () => (await orderOf(SLOW)).cancelRequestedAt?.[reloadId] !== undefined);
    expect((await cascade.tenantCall('GET', `/api/v1/reloads/${reloadId}`)).json.status).to.equal('RELOADING');
    expect(await orderOf(SLOW)).to.include({ state: 'posted', try: 1 });
    // The next attempt is quick.
    await cascade.tenantCall('POST', '/_sim/apps', { id: SLOW, name: 'slow', spaceId: 'space', durationMs: 50 });
    await sweepUntil('what follows', async () => (await countOf(AFTER_SLOW)) === 1);
    await allFinished();
    expect((await cascade.tenantCall('GET', `/api/v1/reloads/${reloadId}`)).json.status).to.equal('CANCELED');
    const order = `order:default:${SLOW}:s:${cause}`;
    expect(await attemptsOf(SLOW)).to.deep.equal([`${order}~1`, `${order}~2`]);
    expect(await countOf(SLOW_FAILED)).to.equal(0);
    expect((await eventOf(reloadId)).skips[0]).to.deep.include({ reason: 'will-retry', attempt: 1, attempts: 2 });
    expect(await orderOf(SLOW)).to.deep.include({ state: 'ended', outcome: 'succeeded', try: 2 });
  });

  it('timeout: a reload that is canceled at its last attempt counts as failed', async () => {
    await cascade.tenantCall('POST', '/_sim/apps', { id: SLOW, name: 'slow', spaceId: 'space', durationMs: HOUR });
    await cascade.reloadByHand(LOAD);
    await sweepUntil('the alarm', async () => (await countOf(SLOW_FAILED)) === 1);
    await allFinished();
    expect(await attemptsOf(SLOW)).to.have.length(4);
    expect(await countOf(AFTER_SLOW)).to.equal(1);
  });

  it('timeout: a cancel by a person is none, and is not started again', async () => {
    await cascade.reloadByHand(START);
    await cascade.until('the reload', async () => (await orderOf(LONG))?.state === 'posted');
    const { reloadId } = await orderOf(LONG);
    const { status } = await cascade.tenantCall('POST', `/api/v1/reloads/${reloadId}/actions/cancel`);
    expect(status).to.be.within(200, 299);
    await cascade.until('what follows any end', async () => (await countOf(LONG_ANY)) === 1);
    await cascade.until('the order’s end', async () => (await orderOf(LONG)).state === 'ended');
    await allFinished();
    await cascade.sweep();
    expect(await orderOf(LONG)).to.deep.include({ state: 'ended', outcome: 'canceled', try: 1 });
    expect([await countOf(LONG), await countOf(LONG_FAILED)]).to.deep.equal([1, 0]);
  });
});
