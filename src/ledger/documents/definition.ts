import { definitionId } from '../../core/document-ids.ts';
import type { CompiledChains } from '../../core/link.ts';
import type { EpochMs } from '../../core/units.ts';
import {
  isAppId,
  isBoolean,
  isCountFrom,
  isInstant,
  isListOf,
  isName,
  isObjectWith,
  isOneOf,
  isRecordOf,
  isString,
  isText,
  isTextLike,
  maybe,
  readerOf,
} from '../document-reader.ts';
import type { StoredAs } from '../stored-as.ts';
import { isRule } from './join.ts';
import { isBody, isPolicy } from './order.ts';

/**
 * `definition:<hash>`: the compiled chains of a deployment. The actions have the chains in their code, and do not read
 * this copy. It is for people: `cascade why` explains an old decision by the chains of that time. Large chains have
 * more parts: `definition:<hash>:2` and so on.
 *
 * Invariant: the hash is made from the whole chains, so the chains under a hash never change. A deployment first writes
 * all parts. Only then does it deploy the actions that name the hash. The first part says how many parts there are, so
 * the deployment writes the first part last.
 */
export interface DefinitionDocument extends StoredAs<'definition'> {
  readonly hash: string;
  /** Which part this is, from 1. */
  readonly part: number;
  readonly parts: number;
  /** The links and apps of this part. */
  readonly chains: CompiledChains;
  /**
   * When a deployment last wrote the document. If somebody deploys these chains again after others, the deployment
   * writes the document again.
   */
  readonly storedAt: EpochMs;
}

const isApp = isObjectWith({ tenant: isName, appId: isAppId });
const isLink = isObjectWith({
  chain: isName,
  after: isApp,
  on: isOneOf(['succeeded', 'failed', 'any']),
  target: isApp,
  clause: isText,
  join: maybe(isRule),
  body: isBody,
  policy: maybe(isPolicy),
  paused: isBoolean,
});
const isChainApp = isObjectWith({
  tenant: isName,
  appId: isAppId,
  label: isString,
  names: isListOf(isString),
  routes: maybe(isRecordOf(isListOf(isName))),
  expected: maybe(isObjectWith({ cron: isText, zone: isText, grace: maybe(isCountFrom(1)) })),
});

/** Whether a value has the form of compiled chains. */
export const isCompiledChains = isObjectWith({ links: isRecordOf(isListOf(isLink)), apps: isRecordOf(isChainApp) });

/** Whether a value has the form of a definition's hash. */
export const isHash = isTextLike(/^[0-9a-f]{16}$/);

/**
 * The most parts. The chains are also built into the bundles of actions. A hundred parts are about 100 MB, and
 * OpenWhisk takes no bundle of that size.
 */
const MOST_PARTS = 100;

/** Reads a part of the chains of a deployment. @throws CascadeError LEDGER_MALFORMED. */
export const readDefinition = readerOf<DefinitionDocument>(
  'definition',
  { hash: isHash, part: isCountFrom(1), parts: isCountFrom(1), chains: isCompiledChains, storedAt: isInstant },
  ({ _id, hash, part, parts }) => part <= parts && parts <= MOST_PARTS && _id === definitionId(hash, part),
);
