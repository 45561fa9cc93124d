import type { ActivationRecord, ActivationResponse } from '../activations.ts';
import type { ActionEntity, Entry } from '../entities/types.ts';
import type { Host } from '../host.ts';

/** The parts of a record that differ between a run and a sequence. */
export interface Ending {
  readonly activationId: string;
  readonly cause: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly duration: number;
  readonly response: ActivationResponse;
  readonly logs: readonly string[];
  readonly annotations: readonly Entry[];
}

/** The record of one activation of `action`. */
export function makeRecord(host: Host, action: ActionEntity, ending: Ending): ActivationRecord {
  const { activationId, cause, annotations, ...rest } = ending;
  return {
    activationId,
    ...(cause === undefined ? {} : { cause }),
    ...rest,
    annotations: [
      { key: 'path', value: `${action.namespace}/${action.name}` },
      { key: 'kind', value: action.exec.kind },
      { key: 'limits', value: { ...action.limits } },
      ...(action.through === undefined ? [] : [{ key: 'binding', value: `${host.namespace}/${action.through.name}` }]),
      ...(cause === undefined ? [] : [{ key: 'causedBy', value: 'sequence' }]),
      ...annotations,
    ],
    name: action.name,
    namespace: host.namespace,
    publish: false,
    subject: host.namespace,
    version: action.version,
  };
}
