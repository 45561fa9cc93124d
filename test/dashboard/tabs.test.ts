import { expect } from 'chai';
import { until } from '../support/until.ts';

/** The part of `dashboard/session/tabs.ts` that is tested. The compiler of these tests has no types of a browser. */
interface Tabs {
  readonly isSecond: { readonly value: boolean };
  leave(): void;
}

type Held = (lock: object | null) => Promise<void> | undefined;

/** A browser's locks: one holder for each name. The others wait in a row. */
function locks() {
  const rows = new Map<string, (() => Promise<void>)[]>();
  return {
    async request(name: string, ...given: readonly [Held] | readonly [{ readonly ifAvailable: true }, Held]) {
      const [held, options] = given.length === 1 ? [given[0]] : [given[1], given[0]];
      const row = rows.get(name) ?? [];
      rows.set(name, row);
      if (options?.ifAvailable && row.length > 0) return held(null);
      const hold = async (): Promise<void> => {
        await held({});
        row.shift();
        void row[0]?.();
      };
      row.push(hold);
      if (row.length === 1) await hold();
    },
  };
}

describe('the tabs that have the same documents open', () => {
  let joinTabs: (name: string) => Tabs;
  before(async () => {
    const file = '../../dashboard/session/tabs.ts';
    joinTabs = ((await import(file)) as { joinTabs: typeof joinTabs }).joinTabs;
  });
  const browser = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const runIn = (navigator: object): void => {
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  };
  afterEach(() => {
    if (browser === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', browser);
  });
  /** Lets all that the locks have promised happen. */
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it('are one first tab, and others that become the first one in turn when it leaves', async () => {
    runIn({ locks: locks() });
    const tabs: readonly Tabs[] = ['ann', 'ann', 'ann'].map((name) => joinTabs(name));
    await settle();
    const areSecond = () => tabs.map(({ isSecond }) => isSecond.value);
    expect(areSecond()).to.deep.equal([false, true, true]);
    tabs[0]?.leave();
    await until('the second tab is the first one', () => tabs[1]?.isSecond.value === false);
    expect(areSecond()).to.deep.equal([false, false, true]);
    tabs[1]?.leave();
    await until('the third tab is the first one', () => tabs[2]?.isSecond.value === false);
  });

  it('do not count if they are of another account; and a tab that left may come back', async () => {
    runIn({ locks: locks() });
    const ann = joinTabs('ann');
    const bob = joinTabs('bob');
    await settle();
    expect([ann.isSecond.value, bob.isSecond.value]).to.deep.equal([false, false]);
    ann.leave();
    await settle();
    const again = joinTabs('ann');
    await settle();
    expect(again.isSecond.value).to.equal(false);
  });

  it('are each the first one in a browser without locks', async () => {
    runIn({});
    const tabs = [joinTabs('ann'), joinTabs('ann')];
    await settle();
    expect(tabs.map(({ isSecond }) => isSecond.value)).to.deep.equal([false, false]);
    tabs[0]?.leave();
  });
});
