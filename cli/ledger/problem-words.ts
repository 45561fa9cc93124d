import type { LabelOf } from '../../src/core/runs/facts.ts';
import type { AlertFact, LedgerProblem, OverdueFact } from '../../src/core/runs/find-problems.ts';
import { areSeconds, durationText, instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { counted } from '../terminal.ts';
import { orderJson } from './json-facts.ts';

/** A problem for people. */
export interface ProblemText {
  readonly title: string;
  readonly text: string;
}

/** A problem as a line. */
export function problemText(problem: LedgerProblem, labelOf: LabelOf, now: EpochMs): ProblemText {
  switch (problem.kind) {
    case 'no-writes':
      return {
        title: 'no writes',
        text: `The ledger takes no write, so that nothing can be worked on: ${problem.why}`,
      };
    case 'overdue':
      return { title: 'overdue', text: overdueText(problem.overdue, problem.isSweepAsked, now) };
    case 'unreadable':
      return { title: 'unreadable', text: problem.wrong.why };
    case 'stuck':
      return { title: 'stuck', text: `${problem.wrong._id}: ${problem.wrong.why}` };
    case 'alert':
      return { title: `alert ${problem.alert.kind}`, text: alertText(problem.alert) };
    case 'gave-up': {
      const { order } = problem;
      return {
        title: 'gave up',
        text: `${labelOf(order)}: ${order.reason?.message ?? 'no reason is known'} (${order._id})`,
      };
    }
    case 'dead-letter': {
      const { dead } = problem;
      return {
        title: 'dead letter',
        text: `${dead.reason.message} When it is fixed: cascade replay ${dead._id}; where nothing is to become of it: the same with --dismiss`,
      };
    }
    default:
      return problem satisfies never;
  }
}

function overdueText({ _id, dueAt, count, isMore }: OverdueFact, isSweepAsked: boolean, now: EpochMs): string {
  const documents = `${isMore ? 'more than ' : ''}${counted(count, 'document')}`;
  const age = areSeconds(dueAt)
    ? `: ${_id}, whose dueAt says ${instantText(dueAt)}. Is it in seconds? It has to be in milliseconds since 1970.`
    : `, the oldest for ${durationText(now - dueAt)}: ${_id}.`;
  const text = `${documents} due for longer than the sweep’s 5 minutes${age}`;
  return isSweepAsked ? `${text} Is the sweep running?` : text;
}

const alertText = ({ message, subject, at, lastAt }: AlertFact): string =>
  `${message} (${subject}${lastAt === undefined ? '' : `; again and again since ${instantText(at)}`})`;

/** A problem as `--json` prints it. */
export function problemJson(problem: LedgerProblem, labelOf: LabelOf): object {
  const at = new Date(problem.at).toISOString();
  switch (problem.kind) {
    case 'no-writes':
      return { kind: problem.kind, at, why: problem.why };
    case 'unreadable':
    case 'stuck':
      return { kind: problem.kind, at, document: problem.wrong._id, why: problem.wrong.why };
    case 'overdue': {
      const { _id, count, isMore } = problem.overdue;
      return { kind: 'overdue', at, document: _id, count, more: isMore };
    }
    case 'alert': {
      const { _id, kind, subject, message, at: first } = problem.alert;
      return {
        kind: 'alert',
        at,
        firstAt: new Date(first).toISOString(),
        document: _id,
        alert: kind,
        subject,
        message,
      };
    }
    case 'gave-up':
      return { kind: 'gave-up', at, ...orderJson(problem.order, labelOf) };
    case 'dead-letter':
      return {
        kind: 'dead-letter',
        at,
        document: problem.dead._id,
        tenant: problem.dead.tenant,
        reason: problem.dead.reason,
      };
    default:
      return problem satisfies never;
  }
}
