import { expect } from 'chai';
import { type CascadeWithLedger, cascadeWithLedger } from '../support/cascade-with-ledger.ts';

const SOURCE = '11111111-0000-4000-8000-000000000001';
const TARGETS = ['a', 'b', 'c', 'd'].map((letter) => `${letter.repeat(8)}-0000-4000-8000-000000000002`);
const CHAIN = `
chain: fan
apps:
  source: { id: ${SOURCE} }
reloads:
${TARGETS.map((target) => `  - { app: ${target}, after: source }`).join('\n')}
`;
/** Qlik's rate, 250 in 5 minutes, with a little room. */
const SPACING_MS = 1_225;

// biome-ignore lint/suspicious/noExplicitAny: tests read into whatever is stored or answered
type Json = any;

describe('pacing after a 429, from the tenant to the reloads', () => {
  let cascade: CascadeWithLedger;
  before(async () => {
    cascade = await cascadeWithLedger({
      chains: { 'fan.yaml': CHAIN },
      apps: [SOURCE, ...TARGETS].map((id) => ({ id })),
    });
  });
  after(() => cascade?.close());

  it('the waiting reloads get slots one after another, and none starts before Retry-After is over', async () => {
    const limited = {
      on: 'POST /api/v1/reloads',
      kind: 'status',
      status: 429,
      headers: { 'Retry-After': '1' },
      times: 9,
    };
    await cascade.tenantCall('PUT', '/_sim/faults', [limited]);
    await cascade.reloadByHand(SOURCE);
    const orders = (): Promise<readonly Json[]> => cascade.documents('order:default:');
    await cascade.until('every order waits for the rate', async () => {
      const found = await orders();
      return found.length === 4 && found.every(({ reason }) => reason?.code === 'QLIK_RATE_LIMITED');
    });
    expect(await cascade.started()).to.deep.equal({});
    await cascade.tenantCall('PUT', '/_sim/faults', []);
    const [{ until }] = await cascade.documents('gate:default');
    await cascade.sweep();
    await cascade.until('the reloads', async () => Object.keys(await cascade.started()).length === 4);
    expect(await cascade.started()).to.deep.equal(Object.fromEntries(TARGETS.map((target) => [target, 1])));
    const slots = cascade.activations
      .filter(({ name }) => name === 'collector')
      .flatMap(({ response }) => (response.result as Json).batch?.slots ?? []);
    expect(slots.map(({ order }: Json) => order)).to.have.members((await orders()).map(({ _id }) => _id));
    const [first, ...others] = slots.map(({ at }: Json) => at);
    expect(first).to.be.at.least(until + SPACING_MS);
    expect(others).to.deep.equal([1, 2, 3].map((place) => first + place * SPACING_MS));
    expect((await cascade.documents('gate:default'))[0].lastSlot).to.equal(others[2]);
    const { json } = await cascade.tenantCall('GET', '/_sim/journal?after=0');
    const posts = json.data.filter(
      ({ kind, path, method }: Json) => kind === 'request' && method === 'POST' && path === '/api/v1/reloads',
    );
    const refusedAt = Math.max(
      ...posts.filter(({ status }: Json) => status === 429).map(({ answeredAt }: Json) => answeredAt),
    );
    const takenAt = Math.min(
      ...posts.filter(({ status }: Json) => status === 201).map(({ receivedAt }: Json) => receivedAt),
    );
    expect(takenAt).to.be.at.least(refusedAt + 1_000);
  });
});
