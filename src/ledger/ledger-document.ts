import type { StoredDocument } from '../clients/couchdb/couchdb-port.ts';
import { type ActDocument, readAct } from './documents/act.ts';
import { type AlertDocument, readAlert } from './documents/alert.ts';
import { type AppStateDocument, readAppState } from './documents/app-state.ts';
import { type ChannelDocument, readChannel } from './documents/channel.ts';
import { type CheckpointDocument, readCheckpoint } from './documents/checkpoint.ts';
import { type DeadDocument, readDead } from './documents/dead.ts';
import { type DefinitionDocument, readDefinition } from './documents/definition.ts';
import { type EventDocument, readEvent } from './documents/event.ts';
import { type GateDocument, readGate } from './documents/gate.ts';
import { type HintDocument, readHint } from './documents/hint.ts';
import { type JoinDocument, readJoin } from './documents/join.ts';
import { type OrderDocument, readOrder } from './documents/order.ts';
import { type ParkDocument, readPark } from './documents/park.ts';
import { type QuestionDocument, readAnyTicket } from './documents/question.ts';
import { type QuestionsDocument, readQuestions } from './documents/questions.ts';
import { type RateDocument, readRate } from './documents/rate.ts';
import { readStarted, type StartedDocument } from './documents/started.ts';
import { readStat, type StatDocument } from './documents/stat.ts';
import { readTenant, type TenantDocument } from './documents/tenant.ts';
import type { TicketDocument } from './documents/ticket.ts';

/**
 * A document of the ledger (Cascade's memory in CouchDB) of a type that may have many documents. A purge, the commands
 * that read the whole ledger and the dashboard work with it. Not in this list are `deployed`, `schema`, `probe` and
 * `purge`, of which there is one each.
 */
export type LedgerDocument =
  | ActDocument
  | AlertDocument
  | AppStateDocument
  | ChannelDocument
  | CheckpointDocument
  | DeadDocument
  | DefinitionDocument
  | EventDocument
  | GateDocument
  | HintDocument
  | JoinDocument
  | OrderDocument
  | ParkDocument
  | QuestionDocument
  | QuestionsDocument
  | RateDocument
  | StartedDocument
  | StatDocument
  | TenantDocument
  | TicketDocument;

/** A type of document. The ids of its documents begin with the type and a colon. */
export type LedgerType = LedgerDocument['type'];

/**
 * The reader of each type: it checks a document's fields, and throws LEDGER_MALFORMED if one is wrong. The types are in
 * alphabetical order, as CouchDB sorts the ids.
 */
export const LEDGER_READERS = {
  act: readAct,
  alert: readAlert,
  app: readAppState,
  channel: readChannel,
  checkpoint: readCheckpoint,
  dead: readDead,
  definition: readDefinition,
  event: readEvent,
  gate: readGate,
  hint: readHint,
  join: readJoin,
  order: readOrder,
  park: readPark,
  questions: readQuestions,
  rate: readRate,
  started: readStarted,
  stat: readStat,
  tenant: readTenant,
  ticket: readAnyTicket,
} as const satisfies Readonly<Record<LedgerDocument['type'], (document: StoredDocument) => LedgerDocument>>;

const LEDGER_ID = new RegExp(`^(?:(?:${Object.keys(LEDGER_READERS).join('|')}):|deployed$|schema$|probe$|purge$)`);

/**
 * Whether an id, such as `order:…` or `schema`, is one of the ledger's. If deployment finds other ids in a database
 * that is no ledger yet, it refuses the database: it belongs to another program.
 */
export const isLedgerId = (id: string): boolean => LEDGER_ID.test(id);
