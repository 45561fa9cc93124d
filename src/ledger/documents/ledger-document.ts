import type { StoredDocument } from '../../clients/couchdb/couchdb-port.ts';
import type { LedgerType } from '../../core/document-ids.ts';
import { type AlertDocument, readAlert } from './alert.ts';
import { type AppStateDocument, readAppState } from './app-state.ts';
import { type CheckpointDocument, readCheckpoint } from './checkpoint.ts';
import { type DeadDocument, readDead } from './dead.ts';
import { type EventDocument, readEvent } from './event.ts';
import { type GateDocument, readGate } from './gate.ts';
import { type HintDocument, readHint } from './hint.ts';
import { type OrderDocument, readOrder } from './order.ts';
import { type ParkDocument, readPark } from './park.ts';
import { type RateDocument, readRate } from './rate.ts';
import { readStarted, type StartedDocument } from './started.ts';
import { readTenant, type TenantDocument } from './tenant.ts';

/** A document that Cascade writes; deployment's own `schema` and the `probe` apart. */
export type LedgerDocument =
  | AlertDocument
  | AppStateDocument
  | CheckpointDocument
  | DeadDocument
  | EventDocument
  | GateDocument
  | HintDocument
  | OrderDocument
  | ParkDocument
  | RateDocument
  | StartedDocument
  | TenantDocument;

/** How each type is read; ids begin with it and a colon. In the order of those ids. */
export const LEDGER_READERS = {
  alert: readAlert,
  app: readAppState,
  checkpoint: readCheckpoint,
  dead: readDead,
  event: readEvent,
  gate: readGate,
  hint: readHint,
  order: readOrder,
  park: readPark,
  rate: readRate,
  started: readStarted,
  tenant: readTenant,
} as const satisfies Readonly<Record<LedgerType, (document: StoredDocument) => LedgerDocument>>;
