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
import { isRule } from './join.ts';
import { isBody, isPolicy } from './order.ts';

/**
 * `definition:<hash>`: the compiled chains of a deployment. Large chains have more parts: `definition:<hash>:2` and so
 * on.
 *
 * Invariant: the hash is that of the whole content, so the content never changes. Deployment writes every part before any
 * action that was built with these chains, the first part last.
 */
export interface DefinitionDocument {
  readonly _id: string;
  readonly _rev: string;
  readonly schema: 1;
  readonly type: 'definition';
  readonly hash: string;
  /** From 1. */
  readonly part: number;
  readonly parts: number;
  /** This part of the links and apps. */
  readonly chains: CompiledChains;
  /** When deployment wrote the document last. If these chains are deployed again after others, it is written again. */
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

/** Whether a value is compiled chains. */
export const isCompiledChains = isObjectWith({ links: isRecordOf(isListOf(isLink)), apps: isRecordOf(isChainApp) });

export const isHash = isTextLike(/^[0-9a-f]{16}$/);

/** The most parts. Each has about a megabyte, so OpenWhisk takes no bundle with chains of so many parts. */
const MOST_PARTS = 100;

/** Reads a part of the chains of a deployment. @throws CascadeError LEDGER_MALFORMED. */
export const readDefinition = readerOf<DefinitionDocument>(
  'definition',
  { hash: isHash, part: isCountFrom(1), parts: isCountFrom(1), chains: isCompiledChains, storedAt: isInstant },
  ({ _id, hash, part, parts }) => part <= parts && parts <= MOST_PARTS && _id === definitionId(hash, part),
);
