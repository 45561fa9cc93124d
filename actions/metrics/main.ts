import { CascadeError } from '../../src/core/cascade-error.ts';
import { OPEN_METRICS_TYPE, openMetrics } from '../../src/core/metrics/open-metrics.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { neededLedger } from '../../src/platform/open-ledger.ts';
import { NOT_CACHEABLE, readerFailure } from '../../src/platform/readers/reader-failure.ts';
import { READER_HEADERS, refuseStrangers } from '../../src/platform/readers/refuse-strangers.ts';
import { parseChainsSettings } from '../../src/platform/settings/chains-settings.ts';
import { inOneAnswer } from './in-one-answer.ts';
import { partAsked } from './part-asked.ts';
import { readSamples } from './read-samples.ts';

/**
 * The web action `metrics`. Prometheus reads it, so that people can draw and alert on how Cascade and its apps are
 * doing. It prints the numbers in the format OpenMetrics. A reader needs an API key or a token.
 */
export const main = defineAction({
  name: 'metrics',
  headers: READER_HEADERS,
  failed: readerFailure,
  work: async (params, context) => {
    const settings = parseChainsSettings(params);
    const { __ow_method: method, __ow_path: path } = params;
    if (method !== 'get' && method !== 'head') {
      throw new CascadeError('METHOD_NOT_ALLOWED', 'The metrics can only be read: call it with GET or HEAD.');
    }
    await refuseStrangers(settings, context);
    if (path !== '' && path !== '/' && path !== undefined) {
      throw new CascadeError('NOT_FOUND', 'There is nothing at this path. There is metrics.');
    }
    const part = partAsked(params['__ow_query']);
    const store = neededLedger(params, 'metrics', context);
    const body = inOneAnswer(openMetrics(await readSamples(store, part, context.log)), part.parts);
    return { statusCode: 200, headers: { 'content-type': OPEN_METRICS_TYPE, ...NOT_CACHEABLE }, body };
  },
});
