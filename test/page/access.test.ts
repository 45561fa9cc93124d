import { expect } from 'chai';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { weekOfData } from './support/week-of-data.ts';
import { expectAccessible, withDashboard } from './support/with-dashboard.ts';

const PROFIT_REPORT = 'default%2Ff1a2ce00-0000-4000-8000-000000000013';
const OPEN_ORDERS = '0a7e5000-0000-4000-8000-000000000011';

/** A part of the page that looks different from the others. `of` finds the document whose id belongs to the address. */
interface Place {
  readonly name: string;
  readonly route: string;
  readonly of?: 'run' | 'ticket' | 'question' | 'end' | 'letter';
}

const PLACES: readonly Place[] = [
  { name: 'the graph', route: '#/now' },
  { name: 'the table of apps', route: '#/now?as=table' },
  { name: 'the panel of an app', route: `#/now/${PROFIT_REPORT}` },
  { name: 'the list of runs', route: '#/runs' },
  { name: 'the grid of runs', route: '#/runs?as=grid' },
  { name: 'a run as a tree', route: '#/runs/', of: 'run' },
  { name: 'a run as a timeline', route: '#/runs/?as=timeline', of: 'run' },
  { name: 'a run’s history', route: '#/runs/?as=history', of: 'run' },
  { name: 'the tickets', route: '#/tickets?with=rejected%2Canswered%2Crecovered%2Cdismissed&notes=shown' },
  { name: 'a ticket', route: '#/tickets/', of: 'ticket' },
  { name: 'a question', route: '#/tickets/', of: 'question' },
  { name: 'the inbox', route: '#/inbox' },
  { name: 'an end', route: '#/inbox/', of: 'end' },
  { name: 'a letter', route: '#/inbox/', of: 'letter' },
  { name: 'the numbers', route: '#/numbers?hours=168' },
];

/** The names of places that show one thing. The thing's name is the first heading of the second level. */
const ONE_THING = /^(the panel|a|an) /;

/** axe needs seconds for each place and theme on a machine that does much else. */
const LONG_MS = 300_000;

describe('the page: access', () => {
  const dashboard = withDashboard(weekOfData());

  /** The addresses of all places, with the ids of the week's documents. */
  async function routes(): Promise<readonly { readonly name: string; readonly route: string }[]> {
    const orders = (await dashboard.cascade.documents('event:')).filter(({ appId }) => appId === OPEN_ORDERS);
    const ids = {
      // These are of the night in which the followers failed three times.
      ...{ run: orders.at(-2)?._id, end: orders.at(-1)?._id },
      ticket: (await dashboard.cascade.documents('ticket:')).at(-1)?._id,
      question: (await dashboard.cascade.documents('ticket:question:'))[1]?._id,
      letter: (await dashboard.cascade.documents('dead:'))[0]?._id,
    };
    return PLACES.map(({ name, route, of }) => {
      const id = of === undefined ? '' : encodeURIComponent(ids[of]);
      return { name, route: route.replace(/\/(\?|$)/, `/${id}$1`) };
    });
  }

  /** Opens the page once, and goes from place to place. */
  async function everywhere(options: BrowserContextOptions, look: (page: Page, name: string) => Promise<void>) {
    const page = await dashboard.open(await dashboard.person('desk'), options);
    for (const { name, route } of await routes()) {
      await page.goto(`${dashboard.url}${route}`);
      await page.locator('main h1').waitFor();
      await look(page, name);
    }
  }

  const pageWidth = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);

  it('is tested in every view of the navigation', async () => {
    const page = await dashboard.open(await dashboard.person('reader'));
    const links = await page.getByRole('navigation', { name: 'Views' }).getByRole('link').all();
    const views = await Promise.all(links.map(async (link) => (await link.getAttribute('href'))?.slice(2)));
    expect(views).to.deep.equal(['now', 'runs', 'tickets', 'inbox', 'numbers']);
    expect(views.filter((view) => !PLACES.some(({ route }) => route.slice(2).split(/[/?]/)[0] === view))).to.deep.equal(
      [],
    );
  });

  it('has no finding of axe anywhere, in the light and in the dark theme', async function () {
    this.timeout(LONG_MS);
    await everywhere({ viewport: { width: 1_280, height: 800 } }, (page) => expectAccessible(page));
  });

  it('fits on a phone 360 px wide, without a finding of axe', async function () {
    this.timeout(LONG_MS);
    await everywhere({ viewport: { width: 360, height: 740 } }, async (page, name) => {
      expect(await pageWidth(page), name).to.equal(360);
      await expectAccessible(page);
    });
  });

  it('fits if a window of 1280 px is zoomed to 200 %', async () => {
    await everywhere({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }, async (page, name) => {
      expect(await pageWidth(page), name).to.equal(640);
    });
  });

  it('keeps nobody from zooming with two fingers', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { hasTouch: true });
    const viewport = await page.locator('meta[name="viewport"]').getAttribute('content');
    expect(viewport).to.equal('width=device-width,initial-scale=1');
    const touchAction = await page.locator('.graph > svg').evaluate((graph) => getComputedStyle(graph).touchAction);
    expect(touchAction).to.equal('pinch-zoom');
  });

  it('shows another place from its top, where the focus is seen, and goes on there by keyboard; a filter moves nothing', async () => {
    const page = await dashboard.open(await dashboard.person('desk'), {
      ...{ route: '#/inbox', viewport: { width: 360, height: 740 } },
    });
    const scrolled = (): Promise<number> => page.evaluate(() => Math.round(scrollY));
    await page.getByRole('link', { name: 'Staff records succeeded' }).first().focus();
    expect(await scrolled()).to.be.above(1_000);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Staff records', level: 2 }).waitFor();
    await page.locator('main:focus').waitFor();
    expect(await outlineOf(page.locator('main'))).to.equal('solid 3px');
    expect(await scrolled()).to.equal(0);
    await page.keyboard.press('Tab');
    await page.getByRole('link', { name: 'Back to the inbox' }).and(page.locator(':focus')).waitFor();
    await page.goto(`${dashboard.url}#/now?as=table`);
    const board = page.locator('.apps').getByRole('link', { name: 'Board slides' });
    await board.focus();
    const before = await scrolled();
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Board slides' }).waitFor();
    expect(await outlineOf(page.locator('h2:focus'))).to.equal('solid 3px');
    expect(await scrolled()).to.be.at.least(before);
  });

  it('has one heading of the first level, and a title that says the place and the view', async () => {
    await everywhere({}, async (page, name) => {
      const heading = await page.getByRole('heading', { level: 1 }).innerText();
      expect(await page.getByRole('heading', { level: 1 }).count(), name).to.equal(1);
      const subject = ONE_THING.test(name) ? [await page.getByRole('heading', { level: 2 }).first().innerText()] : [];
      const title = [...subject, heading, 'Cascade'].join(' · ');
      expect(await page.title(), name).to.equal(title);
    });
  });

  it('shows where the focus is, on everything that Tab leads to, also with forced colours', async () => {
    for (const forcedColors of ['none', 'active'] as const) {
      await everywhere({ forcedColors, viewport: { width: 1_280, height: 800 } }, async (page, name) => {
        for (let tabs = 0; tabs < 25; tabs += 1) {
          await page.keyboard.press('Tab');
          const seen = await page.evaluate(lookAtFocus);
          if (seen === undefined) break;
          expect(seen, `${name}, ${seen.what}, forced colours ${forcedColors}`).to.include({
            ...{ isMarked: true, isInWindow: true },
          });
        }
      });
    }
  });

  it('says of each app in the graph what it is called, how it stands, since when, and for how many it waits', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { viewport: { width: 1_600, height: 1_400 } });
    const names = await page
      .locator('.graph')
      .getByRole('button')
      .evaluateAll((all) => all.flatMap((each) => each.getAttribute('aria-label') ?? []));
    expect(names).to.include.members([
      'Stock import, failed 03:10, waits for 0',
      'Stock dashboard, succeeded Tue 1 Dec, waits for 0',
      'Route plan, running 07:36, waits for 0',
      'Outlier watch, waiting 04:36, waits for 1',
    ]);
    const nodes = await page.locator('.graph .app').count();
    expect(nodes).to.be.at.least(20);
    expect(names.filter((name) => /^.+, .+, waits for \d+$/.test(name)).length).to.be.at.least(nodes);
  });

  it('moves nothing if the person wants no motion', async () => {
    const moving = (page: Page): Promise<number> => page.evaluate(() => document.getAnimations().length);
    const page = await dashboard.open(await dashboard.person('reader'));
    await page.locator('.attention .mark.running').waitFor();
    expect(await moving(page)).to.equal(1);
    await everywhere({ reducedMotion: 'reduce' }, async (still, name) => {
      expect(await moving(still), name).to.equal(0);
    });
  });

  it('says each state by glyph and word, so that it can be read without colours', async () => {
    const page = await dashboard.open(await dashboard.person('reader'), { forcedColors: 'active' });
    const marks = await page.locator('.attention .mark').allInnerTexts();
    expect(marks).to.deep.equal(['► running', '✕ failed', '✕ failed', '! late', '! late', '! alert']);
    const [border, canvas] = await page
      .locator('.attention .mark.failed')
      .first()
      .evaluate((mark) => [getComputedStyle(mark).borderTopColor, getComputedStyle(document.body).backgroundColor]);
    expect(border).not.to.equal(canvas);
    const texts = await page
      .locator('.graph text')
      .evaluateAll((all) => all.map((each) => getComputedStyle(each).fill));
    const color = await page.locator('body').evaluate((body) => getComputedStyle(body).color);
    expect([...new Set(texts)]).to.deep.equal([color]);
    await page.goto(`${dashboard.url}#/runs?as=grid`);
    const empty = page.locator('.cell.none').first();
    expect(await empty.evaluate((cell) => getComputedStyle(cell).borderTopStyle)).to.equal('none');
  });
});

interface SeenFocus {
  readonly what: string;
  /** Whether an outline marks the element, or in the graph a thick border. */
  readonly isMarked: boolean;
  readonly isInWindow: boolean;
}

/** Runs in the browser. Undefined if the focus has left the page. */
function lookAtFocus(): SeenFocus | undefined {
  const element = document.activeElement;
  if (element === null || element === document.body) return undefined;
  const box = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const frame = element.matches('.app') ? element.querySelector('rect') : null;
  const hasThickBorder = frame !== null && Number.parseFloat(getComputedStyle(frame).strokeWidth) >= 4;
  return {
    what: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent}`.slice(0, 80),
    isMarked: hasThickBorder || (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2),
    isInWindow: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0,
  };
}

/** How the frame around what has the focus is drawn. */
const outlineOf = (element: Locator): Promise<string> =>
  element.evaluate((found) => `${getComputedStyle(found).outlineStyle} ${getComputedStyle(found).outlineWidth}`);
