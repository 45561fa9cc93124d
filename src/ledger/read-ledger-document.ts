import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import type { LedgerType } from '../core/document-ids.ts';
import type { AlertDocument } from './documents/alert-document.ts';
import type { AppStateDocument } from './documents/app-state-document.ts';
import type { CheckpointDocument } from './documents/checkpoint-document.ts';
import type { DeadDocument } from './documents/dead-document.ts';
import type { EventDocument } from './documents/event-document.ts';
import type { GateDocument } from './documents/gate-document.ts';
import type { HintDocument } from './documents/hint-document.ts';
import type { OrderDocument } from './documents/order-document.ts';
import type { ParkDocument } from './documents/park-document.ts';
import type { RateDocument } from './documents/rate-document.ts';
import type { StartedDocument } from './documents/started-document.ts';
import type { TenantDocument } from './documents/tenant-document.ts';
import { readAlert } from './read-alert.ts';
import { readAppState } from './read-app-state.ts';
import { readCheckpoint } from './read-checkpoint.ts';
import { readDead } from './read-dead.ts';
import { readEvent } from './read-event.ts';
import { readGate } from './read-gate.ts';
import { readHint } from './read-hint.ts';
import { readOrder } from './read-order.ts';
import { readPark } from './read-park.ts';
import { readRate } from './read-rate.ts';
import { readStarted } from './read-started.ts';
import { readTenant } from './read-tenant.ts';

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
