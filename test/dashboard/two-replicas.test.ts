import { setTimeout } from 'node:timers/promises';
import { signal } from '@preact/signals';
import { expect } from 'chai';
import fc from 'fast-check';
import memory from 'pouchdb-adapter-memory';
import PouchDB from 'pouchdb-core';
import { type Acts, createActs } from '../../dashboard/acts.ts';
import { createLedger, type Ledger } from '../../dashboard/ledger.ts';
import { UNSENT_REV } from '../../dashboard/model/documents.ts';
import type { LocalDatabase } from '../../dashboard/replica/local-database.ts';
import { createOutbox, type Outbox } from '../../dashboard/replica/outbox.ts';
import { createReplica } from '../../dashboard/replica/pouch-replica.ts';
import type { Replica } from '../../dashboard/replica/replica.ts';
import { createSummary } from '../../dashboard/replica/summary.ts';
import { type EmbeddedStore, startStore } from '../../local/store/start-store.ts';
import type { Act, NewAct } from '../../src/core/tickets/act.ts';
import { foldActs } from '../../src/core/tickets/fold-acts.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { installConfiguredLedger } from '../../src/deploy/install-configured-ledger.ts';
import { type FickleNetwork, fickleNetwork } from '../support/fickle-network.ts';
import { memoryOutbox } from '../support/memory-outbox.ts';
import { until } from '../support/until.ts';

PouchDB.plugin(memory);

const RUNS = 1_000;
/** After so many cases the store and the devices are new: with fewer documents they are faster. */
const RUNS_AT_ONCE = 100;
const NOW = 1_764_486_000_000;
const PEOPLE = ['ann', 'bob'] as const;
type PersonName = (typeof PEOPLE)[number];

const text = fc.constantFrom('data', 'urgent', 'ann', 'bob');
const newAct: fc.Arbitrary<NewAct> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('tag' as const, 'untag' as const, 'note' as const, 'reject' as const),
    value: text,
  }),
  fc.record({ kind: fc.constant('own' as const), value: fc.option(text) }),
  fc.record({ kind: fc.constant('answer' as const), value: fc.integer({ min: 0, max: 90 }) }),
  fc.record({ kind: fc.constantFrom('reopen' as const, 'dismiss' as const) }),
);
const who = fc.constantFrom(...PEOPLE);
/** The seconds by which a device's clock is ahead: it may be equal to the other's, behind it, or go back. */
const ahead = fc.integer({ min: 0, max: 5 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      who,
      ahead,
      acts: fc.array(newAct, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('cut' as const, 'mend' as const, 'lose' as const, 'send' as const, 'hear' as const),
      who,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), who }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The page of a person, as `openDesk` puts it together. */
interface Page {
  readonly ledger: Ledger;
  readonly acts: Acts;
  readonly outbox: Outbox;
  readonly replica: Replica;
}

describe('two devices on which people act at the same time', function () {
  this.timeout(300_000);
  let store: EmbeddedStore;
  let network: FickleNetwork;
  const clocks: Record<PersonName, number> = { ann: NOW, bob: NOW };
  const lost = { answers: 0, requests: 0 };
  const pages = new Map<PersonName, Page>();
  const pageOf = (person: PersonName): Page => pages.get(person) as Page;
  const call = async (path: string, method = 'GET', body?: object): Promise<Record<string, unknown>> => {
    const authorization = `Basic ${Buffer.from(`${store.user}:${store.password}`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const given = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    return (await (await fetch(`${store.url}${path}`, given)).json()) as Record<string, unknown>;
  };

  /** Opens the page of a person on the person's device. */
  async function open(person: PersonName): Promise<void> {
    const { ledger, take, knowledge } = createLedger();
    const local = new PouchDB(`acts-${store.url}-${person}`, { adapter: 'memory' }) as unknown as LocalDatabase;
    const now = (): EpochMs => clocks[person] as EpochMs;
    const options = {
      configuration: { storeUrl: store.url, database: 'cascade' },
      login: { user: person, password: 'secret-1' },
      isWrong: signal(false),
      onDocuments: take,
      now,
    };
    const summary = createSummary({ local, build: 'b1', knowledge });
    const replica = createReplica({ ...options, local, summary, knowledge, mayStore: () => true, onReplaced() {} });
    const outbox = createOutbox({ ...options, local: memoryOutbox(`acts-${store.url}-${person}`) });
    await Promise.all([replica.open(), outbox.open()]);
    replica.follow();
    const acts = createActs({ outbox, by: person, known: () => ledger.of('act'), now, mayAct: signal(true) });
    pages.set(person, { ledger, acts, outbox, replica });
  }
  const close = async (person: PersonName): Promise<void> => {
    const { replica, outbox } = pageOf(person);
    await Promise.all([replica.close(), outbox.close()]);
  };

  const begin = async (): Promise<void> => {
    store = await startStore({ port: 0 });
    const url = Object.assign(new URL(store.url), { username: store.user, password: store.password }).href;
    await installConfiguredLedger({ COUCHDB_URL: url });
    for (const name of PEOPLE) {
      const account = { type: 'user', name, password: 'secret-1', roles: ['cascade-desk'] };
      await call(`/_users/org.couchdb.user:${name}`, 'PUT', account);
    }
    network = fickleNetwork(PEOPLE);
    for (const person of PEOPLE) await open(person);
  };
  const end = async (): Promise<void> => {
    for (const person of PEOPLE) await close(person);
    network.close();
    await store.close();
    lost.answers += network.lost.answers;
    lost.requests += network.lost.requests;
  };

  const actsOn = (person: PersonName, ticket: string): readonly Act[] =>
    [...pageOf(person).ledger.of('act').values()].filter(({ _id }) => _id.startsWith(`act:${ticket}:`));
  const stateOn = (person: PersonName, ticket: string) => foldActs({ _id: ticket }, actsOn(person, ticket));
  /** All acts of the store that are about a ticket. */
  async function stored(ticket: string): Promise<readonly Record<string, unknown>[]> {
    const range = `startkey=${JSON.stringify(`act:${ticket}:`)}&endkey=${JSON.stringify(`act:${ticket};`)}`;
    const { rows } = await call(`/cascade/_all_docs?include_docs=true&conflicts=true&${range}`);
    return (rows as readonly { readonly doc: Record<string, unknown> }[]).map(({ doc }) => doc);
  }

  /** Does one step. */
  async function take(each: Step, ticket: string): Promise<void> {
    switch (each.kind) {
      case 'act':
        clocks[each.who] = NOW + 1_000 * each.ahead;
        expect(await pageOf(each.who).acts.add(ticket, each.acts)).to.equal(undefined);
        return;
      case 'cut':
        return network.cut(each.who);
      case 'mend':
        return network.mend(each.who);
      case 'lose':
        return network.loseAnswer(each.who);
      case 'send':
        // It ends only when the network is mended.
        void pageOf(each.who).outbox.send();
        return;
      case 'hear':
        // Something of what is on its way may arrive.
        return setTimeout(2);
      case 'open':
        network.mend(each.who);
        await close(each.who);
        await open(each.who);
        return until('the page is live', () => pageOf(each.who).replica.sync.value.kind === 'live', 10_000, 1).then(
          () => {},
        );
      default:
        return each satisfies never;
    }
  }

  it(`have the same state, no conflict and every act once the network is back (${RUNS} cases)`, async () => {
    let number = 0;
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
      // Each case has a ticket of its own, so the two devices serve all cases.
      const ticket = `ticket:reload:default:r${++number}`;
      for (const each of steps) await take(each, ticket);
      for (const person of PEOPLE) network.mend(person);
      for (const { outbox } of PEOPLE.map(pageOf)) {
        // An answer may be lost: the page sends again.
        for (let sent = 0; sent < 3 && (sent === 0 || outbox.unsent.value.size > 0); sent += 1) await outbox.send();
        expect(outbox.unsent.value.size).to.equal(0);
      }
      const done = steps.flatMap((each) =>
        each.kind === 'act' ? each.acts.map((act) => ({ by: each.who, ...act })) : [],
      );
      for (const person of PEOPLE) {
        const isThere = () => {
          const acts = actsOn(person, ticket) as readonly (Act & { readonly _rev?: unknown })[];
          return acts.length === done.length && acts.every(({ _rev }) => _rev !== UNSENT_REV);
        };
        await until(`all acts are on the device of ${person}`, isThere, 10_000, 1);
      }
      const [one, two] = PEOPLE.map((person) => stateOn(person, ticket));
      expect(one).to.deep.equal(two);
      for (const person of PEOPLE) {
        // What one person does counts in the order in which the person does it, even if the clock goes back.
        const history = one?.history.filter(({ by }) => by === person) ?? [];
        expect(history.map(({ by, kind, ...act }) => ({ by, kind, ...withValue(act) }))).to.deep.equal(
          done.filter(({ by }) => by === person),
        );
      }
      const documents = await stored(ticket);
      expect(documents.map(({ _id }) => _id)).to.deep.equal(one?.history.map(({ _id }) => _id).sort());
      expect(documents.filter(({ _conflicts }) => _conflicts !== undefined)).to.deep.equal([]);
    });
    for (let done = 0; done < RUNS; done += RUNS_AT_ONCE) {
      await begin();
      try {
        await fc.assert(property, { numRuns: RUNS_AT_ONCE });
      } finally {
        await end();
      }
    }
    // The network did what it should: otherwise this proves less than it says.
    expect(lost.answers).to.be.greaterThan(50);
    expect(lost.requests).to.be.greaterThan(50);
  });
});

const withValue = (act: object): object => ('value' in act ? { value: act.value } : {});
