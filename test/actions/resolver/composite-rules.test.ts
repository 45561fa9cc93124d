/*
 * The rules of links that wait for several apps, T1 to T14, as tables of histories (support/composite-rules.ts).
 * docs/chains.md says what they mean. The whole decision is under test: the resolver, with the link's document in a
 * store.
 */

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { resolve as resolveBatch } from '../../../actions/resolver/resolve.ts';
import type { Batch } from '../../../src/contracts/batch.ts';
import type { Plan } from '../../../src/contracts/plan.ts';
import type { CompiledChains, Link } from '../../../src/core/link.ts';
import type { Skip } from '../../../src/core/skip.ts';
import { timeConstants } from '../../../src/core/time-constants.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { type MemoryCouch, memoryCouch } from '../../support/memory-couch.ts';
import { RULES, type Rule, type RuleOfLinks } from './support/composite-rules.ts';

const HOUR = 3_600_000;
const DAY_BEGINS = Date.parse('2027-01-15T00:00:00Z');
const NOW = (DAY_BEGINS + 24 * HOUR) as EpochMs;
const DOCUMENT = 'join:default:target:j1';

const target = { tenant: 'default', appId: 'target' };
function linksOf({ of, on = 'succeeded', atLeast, hours }: Rule): CompiledChains['links'] {
  const keys = of.map((app) => `default/${app}`);
  const join = { of: Object.fromEntries(keys.map((key) => [key, on])), atLeast, within: hours * HOUR };
  const linkAfter = (appId: string) =>
    ({
      ...{ chain: 'sales', after: { tenant: 'default', appId }, on, clause: 'j1', join, target },
      ...{ body: {}, paused: false },
    }) as unknown as Link;
  return Object.fromEntries(of.map((appId) => [`default/${appId}`, [linkAfter(appId)]]));
}

/** Reads an end as the tables write it. */
function endIn(text: string) {
  const pattern = /^(([A-Z])\d+)(!?) (\d\d):(\d\d)(?::00\.(\d{3}))?( †)?$/;
  const [, reloadId = '', appId = '', failed, hours, minutes, millis = 0, crash] = pattern.exec(text) ?? [];
  const sinceMidnight = Number(hours) * HOUR + Number(minutes) * 60_000 + Number(millis);
  return { ...eventOf(appId, reloadId, DAY_BEGINS + sinceMidnight, failed === '!'), isLost: crash !== undefined };
}

const eventOf = (appId: string, reloadId: string, endedAt: number, hasFailed = false) => ({
  ...{ tenant: 'default', appId, reloadId, outcome: hasFailed ? 'failed' : 'succeeded', endedAt, partial: false },
  stored: { rev: '1-a', storedAt: NOW, source: 'webhook', traceId: 't1' },
});

async function resolve(store: MemoryCouch, links: CompiledChains['links'], events: readonly object[]): Promise<Plan> {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const batch = { traceId: 't1', source: 'webhook', receivedAt: NOW, events, ignored: [] } as unknown as Batch;
  return resolveBatch(batch, links, { store, times: timeConstants(), maxHops: 64, log });
}

const causeIn = (order: string): string => order.split(':').at(-1) ?? '';
const timeOf = (at: number): string =>
  new Date(at)
    .toISOString()
    .slice(11, -1)
    .replace(/:00\.000$/, '');

/** A skip in the words of the tables. */
function skipText(skip: Skip): string {
  if (skip.reason === 'waits-for') {
    return `waits for ${skip.missing.map(({ appId }) => appId).join(', ')} until ${timeOf(skip.closesAt)}`;
  }
  return skip.reason === 'already-ordered' ? `${skip.reason} ${causeIn(skip.order)}` : skip.reason;
}

/** A link, and the store with its document. */
function hearingBy({ link, ledger = [] }: RuleOfLinks) {
  const store = memoryCouch(() => NOW);
  store.seed(...ledger);
  const links = linksOf(link);
  /** The orders that somebody got. The link answers with them again until they are stored. */
  const known = new Map<string, Plan['orders'][number]>();
  return {
    document: () => store.peek(DOCUMENT),
    /** The link's answers to ends that are heard one after another. */
    async hear(ends: readonly string[]): Promise<readonly string[]> {
      const answers: string[] = [];
      for (const text of ends) {
        const { isLost, ...event } = endIn(text);
        const plan = await resolve(store, links, [event]);
        if (isLost) {
          answers.push('†');
          continue;
        }
        const added = plan.orders.filter(({ order }) => !known.has(order));
        for (const order of plan.orders) {
          expect(order).to.deep.equal(known.get(order.order) ?? order);
          known.set(order.order, order);
        }
        const orders = added.map(({ order, lineage }) => {
          const others = lineage?.others ?? [];
          return `order ${causeIn(order)}${others.length === 0 ? '' : ` of ${others.join(', ')}`}`;
        });
        answers.push([...orders, ...plan.skips.map(skipText)].join('; '));
      }
      return answers;
    },
  };
}

describe('the rules of links that wait for several apps', () => {
  for (const rule of RULES) {
    describe(`${rule.id}: ${rule.title}`, () => {
      for (const rows of rule.histories) {
        const ends = rows.map(([end]) => end);
        const surely = ends.map((end) => end.replace(' †', ''));

        it(`${ends.join(', ')}`, async () => {
          const { hear, document } = hearingBy(rule);
          expect(await hear(ends)).to.deep.equal(rows.map(([, inThisOrder]) => inThisOrder));
          const before = document();
          expect(await hear(surely), 'heard again').to.deep.equal(rows.map(([, , , again]) => again));
          expect(document(), 'the document, heard again').to.deep.equal(before);
        });

        it(`${ends.toReversed().join(', ')}`, async () => {
          const { hear, document } = hearingBy(rule);
          expect((await hear(ends.toReversed())).toReversed()).to.deep.equal(rows.map(([, , reversed]) => reversed));
          const before = document();
          await hear(surely);
          expect(document(), 'the document, heard again').to.deep.equal(before);
          const again = await hear(surely);
          expect(again.filter((answer) => answer.startsWith('order'))).to.deep.equal([]);
        });
      }
    });
  }

  describe('T13: sixty apps that end at once are one reload', () => {
    const apps = Array.from({ length: 60 }, (_, index) => `u${String(index).padStart(2, '0')}`);
    const ends = apps.map((app, index) => eventOf(app, `r${app}`, DAY_BEGINS + index * 1_000));
    const links = linksOf({ atLeast: 60, of: apps, hours: 6 });
    const orderIds = (plans: readonly Plan[]) => plans.flatMap(({ orders }) => orders.map(({ order }) => order));
    const ORDER = 'order:default:target:j1:ru59';

    for (const [words, heard] of [
      ['in the order of their times', ends],
      ['reversed', ends.toReversed()],
    ] as const) {
      it(`heard one after another, ${words}, and all of them twice`, async () => {
        const store = memoryCouch(() => NOW);
        const plans: Plan[] = [];
        for (const end of [...heard, ...heard]) plans.push(await resolve(store, links, [end]));
        expect(orderIds(plans.slice(0, 60))).to.deep.equal([ORDER]);
        expect(new Set(orderIds(plans))).to.deep.equal(new Set([ORDER]));
        expect(store.peek(DOCUMENT)?._rev).to.match(/^60-/);
      });
    }

    it('reported by sixty activations at once: with sixty writes at most', async () => {
      const store = memoryCouch(() => NOW);
      const atOnce = await Promise.all(ends.toReversed().map((end) => resolve(store, links, [end])));
      // An activation gives up after twenty conflicts. Its event stays due, and the sweep brings all of these together.
      const left = ends.toReversed().filter((_, index) => atOnce[index]?.undecided !== undefined);
      expect(left).to.have.length(40);
      const last = await resolve(store, links, left);
      expect(orderIds([...atOnce, last])).to.deep.equal([ORDER]);
      expect(last.orders[0]?.lineage?.others).to.have.length(59);
      expect(store.peek(DOCUMENT)?._rev).to.match(/^21-/);
    });
  });

  it('are fourteen, and docs/chains.md states each of them', () => {
    const ids = [...RULES.map(({ id }) => id), 'T13'].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    expect(ids).to.deep.equal(Array.from({ length: 14 }, (_, index) => `T${index + 1}`));
    const page = readFileSync('docs/chains.md', 'utf8');
    const sentences = [...RULES.map(({ says }) => says), 'if many ends are reported at the same time'];
    expect(sentences.filter((says) => !page.includes(says))).to.deep.equal([]);
  });
});
