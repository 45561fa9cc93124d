import dashboard from 'cascade:dashboard';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { readerFailure } from '../../src/platform/readers/reader-failure.ts';
import { parseDashboardSettings } from '../../src/platform/settings/dashboard-settings.ts';
import { answerDashboard } from './answer-dashboard.ts';

/**
 * The web action `dashboard`. It serves the page on which people see the reloads live: one HTML file with everything in
 * it, and its service worker. The page signs in to CouchDB by itself, in the browser. The action knows no secret, so
 * anybody may call it.
 */
export const main = defineAction({
  name: 'dashboard',
  failed: readerFailure,
  work: async (params) => {
    const { __ow_method: method, __ow_path: path } = params;
    if (method !== 'get' && method !== 'head') {
      throw new CascadeError('METHOD_NOT_ALLOWED', 'The dashboard is a page: call it with GET or HEAD.');
    }
    return answerDashboard(typeof path === 'string' ? path : '', parseDashboardSettings(params), dashboard);
  },
});
