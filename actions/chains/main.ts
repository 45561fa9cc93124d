import compiled from 'cascade:chains';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { type ActionContext, defineAction, type Params } from '../../src/platform/define-action.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { ownUrl } from '../../src/platform/own-url.ts';
import { readerFailure } from '../../src/platform/readers/reader-failure.ts';
import { READER_HEADERS, refuseStrangers } from '../../src/platform/readers/refuse-strangers.ts';
import { parseChainsSettings } from '../../src/platform/settings/chains-settings.ts';
import { answerChains, appsAsked } from './answer-chains.ts';
import { answerRuns, isForRuns } from './answer-runs.ts';
import { readLastReloads } from './last-reloads.ts';

/**
 * The web action `chains`. A Qlik app loads its answers, so that people see their chains in Qlik. It shows which app
 * follows which, as rows (JSON or CSV) and as a tree for Qlik's charts. It also shows which reloads ended lately. A
 * reader needs an API key or a token.
 */
export const main = defineAction({
  name: 'chains',
  headers: [...READER_HEADERS, 'host', 'x-forwarded-host', 'x-forwarded-proto'],
  failed: readerFailure,
  work: async (params, context) => {
    const settings = parseChainsSettings(params);
    const method = textIn(params, '__ow_method');
    if (method !== 'get' && method !== 'head') {
      throw new CascadeError('METHOD_NOT_ALLOWED', 'The chains can only be read: call it with GET or HEAD.');
    }
    const store = openLedger(params, 'chains', context);
    await refuseStrangers(settings, context);
    const request = {
      path: textIn(params, '__ow_path'),
      query: textIn(params, '__ow_query'),
      ownUrl: ownUrlOf(context),
    };
    if (isForRuns(request)) return answerRuns(request, compiled, store);
    if (store === undefined) return answerChains(request, compiled);
    const last = await readLastReloads(appsAsked(request, compiled), store, context.log);
    return answerChains(request, compiled, last);
  },
});

const textIn = (params: Params, name: string): string => {
  const value = params[name];
  return typeof value === 'string' ? value : '';
};

function ownUrlOf({ headers, apiHost, actionName }: ActionContext): string {
  const { 'x-forwarded-proto': forwardedProto, 'x-forwarded-host': forwardedHost, host } = headers;
  return ownUrl({ forwardedProto, forwardedHost, host, apiHost, actionName });
}
