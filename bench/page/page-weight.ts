import { gzipSync } from 'node:zlib';
import type { Bench } from '../bench.ts';
import { startBenchPage } from './start-bench-page.ts';

const MOST_KB = 90;
const BYTES_OF_KB = 1_000;

/** Measures how much a browser fetches to show the dashboard for the first time. */
export const pageWeight: Bench = {
  name: 'page-weight',
  about: 'what a browser fetches to show the dashboard for the first time',
  async run(say) {
    const bench = await startBenchPage();
    try {
      const page = await bench.open('#/runs');
      const { host, href } = new URL('/dashboard', bench.emptyUrl);
      const html = await (await fetch(href)).text();
      const kilobytes = gzipSync(html).length / BYTES_OF_KB;
      // Answers of the store are not part of the page, and the service worker is fetched after the page is shown.
      const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
      const own = fetched.map((address) => new URL(address)).filter((address) => address.host === host);
      const others = own.map(({ pathname }) => pathname).filter((path) => !path.startsWith('/dashboard'));
      for (const path of others) say(`also fetched: ${path}`);
      say(`${html.length} characters of HTML, with everything in it.`);
      return [
        { name: 'the page, compressed by gzip', ours: kilobytes, unit: 'kB', bar: { atMost: MOST_KB } },
        { name: 'other files that the page fetches', ours: others.length, unit: '', bar: { atMost: 0 } },
      ];
    } finally {
      await bench.close();
    }
  },
};
