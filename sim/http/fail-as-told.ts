import type { ServerResponse } from 'node:http';
import { type Clock, wait } from '../clock.ts';
import type { ApiFault } from '../faults.ts';
import type { Answer } from './answer.ts';

/** Serves a call as `fault` says; undefined means that there is no answer. */
export async function failAsTold(
  fault: ApiFault,
  work: () => Promise<Answer>,
  response: ServerResponse,
  clock: Clock,
): Promise<Answer | undefined> {
  const instead = { status: fault.status, headers: fault.headers, body: fault.body };
  switch (fault.kind) {
    case 'status':
      return instead;
    case 'status-after':
      await work();
      return instead;
    case 'drop-before':
      response.destroy();
      return undefined;
    case 'drop-after':
      await work();
      response.destroy();
      return undefined;
    case 'delay': {
      const late = await work();
      await wait(clock, fault.ms);
      return late;
    }
    case 'hang':
      return undefined;
    default:
      return fault.kind satisfies never;
  }
}
