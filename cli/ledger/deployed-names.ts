import { appKey } from '../../src/core/names.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import { definitionHash } from '../../src/ledger/definition-hash.ts';
import { readChainsOf } from '../../src/ledger/read-chains-of.ts';
import { readDeployedDocument } from './decided-rules.ts';
import type { LedgerContext } from './ledger-command.ts';

/**
 * Makes a command show an app's name also if only the deployed chains have the app, and not the chain files at hand.
 * Returns the command's context with such a `labelOf`. The files at hand are often others: beside `npm start --
 * --chains my-chains`, a command without `--chains` reads those in `chains/`.
 *
 * @throws CascadeError STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function withDeployedNames(context: LedgerContext): Promise<LedgerContext> {
  const { store, chains, labelOf } = context;
  const deployed = await readDeployedDocument(store);
  if (deployed === undefined || (chains !== undefined && definitionHash(chains) === deployed.hash)) return context;
  const known = await readChainsOf(deployed.hash, store);
  const named: LabelOf = (app) => (chains?.apps[appKey(app)] ?? known?.apps[appKey(app)])?.label ?? labelOf(app);
  return { ...context, labelOf: named };
}
