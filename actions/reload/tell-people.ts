import type { AlertKind } from '../../src/ledger/documents/alert.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import type { Run } from './run-of.ts';

/** Raises an alert. People are told before the order is written: a run that dies in between must not leave it untold. */
export const tellPeople = (
  kind: AlertKind,
  subject: string,
  message: string,
  { store, traceId, clock, log }: Run,
): Promise<boolean> => raiseAlert(store, { kind, subject, message, traceId, at: clock() }, log);
