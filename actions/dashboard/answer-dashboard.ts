import { CascadeError } from '../../src/core/cascade-error.ts';
import type { DashboardSettings } from '../../src/platform/settings/dashboard-settings.ts';

/** The page as `build/build-dashboard.ts` made it. */
export interface DashboardPage {
  /** The HTML before and after the place for the settings. */
  readonly html: readonly [string, string];
  readonly scriptHash: string;
  readonly styleHash: string;
  readonly serviceWorker: string;
}

/**
 * The headers of both answers, against attacks and old versions: no other page may show this one in a frame, the
 * browser does not guess the type of the content, and it asks each time whether its copy is still the newest.
 */
const EVERYWHERE = {
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/**
 * Serves the dashboard, the page on which people see the reloads live, and the page's service worker. The page itself
 * reads CouchDB in the browser. So this puts the settings into the page, which say where CouchDB is.
 *
 * @param path - what follows the action's name in the URL, as OpenWhisk passes it (`__ow_path`).
 * @throws CascadeError NOT_FOUND for any other path than the page's and its service worker's.
 */
export function answerDashboard(path: string, settings: DashboardSettings, page: DashboardPage): object {
  switch (path) {
    case '':
    case '/':
      return {
        statusCode: 200,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': policyOf(settings, page),
          ...EVERYWHERE,
        },
        // By `build` the page knows whether data that it finds in the browser's storage is from the same code.
        body: page.html.join(inlineJson({ ...settings, build: page.scriptHash })),
      };
    case '/sw.js':
      return {
        statusCode: 200,
        headers: {
          'content-type': 'text/javascript; charset=utf-8',
          'content-security-policy': "default-src 'none'; connect-src 'self'",
          // A service worker may only serve pages below its own folder, `…/dashboard/`. This lets it serve
          // `…/dashboard`, too.
          'service-worker-allowed': '../dashboard',
          ...EVERYWHERE,
        },
        body: page.serviceWorker,
      };
    default:
      throw new CascadeError('NOT_FOUND', 'There is nothing at this path: the dashboard is one page.');
  }
}

/** Only the page's own code and style run, and they reach only their own host and the store. */
const policyOf = ({ storeUrl }: DashboardSettings, { scriptHash, styleHash }: DashboardPage): string =>
  [
    "default-src 'none'",
    `script-src '${scriptHash}'`,
    `style-src '${styleHash}'`,
    `connect-src 'self'${storeUrl === undefined ? '' : ` ${new URL(storeUrl).origin}`}`,
    "worker-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** JSON for a script element. The escaped `<` prevents that a text in it, such as `</script>`, ends the element. */
const inlineJson = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c');
