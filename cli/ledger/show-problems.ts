import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import { paintsOf } from '../../src/core/paint.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import {
  type AlertFact,
  findProblems,
  type OverdueFact,
  type Problem,
  SWEEP_PERIOD,
} from '../../src/core/runs/find-problems.ts';
import { durationText, instantText } from '../../src/core/runs/time-words.ts';
import { addMs, type DurationMs, type EpochMs } from '../../src/core/units.ts';
import { readAlert } from '../../src/ledger/read-alert.ts';
import { readDead } from '../../src/ledger/read-dead.ts';
import { counted, EXIT, type ExitCode, writeJson } from '../terminal.ts';
import { orderJson } from './json-facts.ts';
import type { LedgerContext } from './ledger-command.ts';
import { orderFact, readDocuments } from './read-documents.ts';
import { missingOf } from './read-history.ts';

const MOST_OVERDUE = 1_000;

/**
 * `cascade runs --problems`: what a person should look at.
 *
 * @param since - older alerts and given-up orders are left out; what is overdue and unread dead letters never are.
 * @returns 1 if there is any.
 */
export async function showProblems(context: LedgerContext, since: DurationMs): Promise<ExitCode> {
  const { store, terminal, labelOf, json } = context;
  const alerts = await readDocuments(store, 'alert:', readAlert);
  const orders = await readDocuments(store, 'order:', orderFact);
  const dead = await readDocuments(store, 'dead:', readDead);
  const now = context.now();
  const overdue = await overdueIn(store, now);
  const problems = findProblems(
    { alerts: alerts.found, orders: orders.found, dead: dead.found, ...(overdue === undefined ? {} : { overdue }) },
    addMs(now, -since as DurationMs),
  );
  const missing = [...missingOf('alert', alerts), ...missingOf('order', orders), ...missingOf('dead letter', dead)];
  if (json) {
    writeJson(terminal, {
      ok: problems.length === 0,
      problems: problems.map((problem) => problemJson(problem, labelOf)),
      missing,
    });
  } else {
    const paints = paintsOf(terminal.colored);
    for (const problem of problems) {
      const { title, text } = problemText(problem, labelOf, now);
      terminal.write(`${paints.dim(instantText(problem.at))}  ${paints.red(title)}  ${text}\n`);
    }
    const count = problems.length === 0 ? 'No problems' : counted(problems.length, 'problem');
    terminal.write(`${count}; alerts and given-up orders of the last ${durationText(since)}\n`);
    for (const text of missing) terminal.writeError(`${text}\n`);
  }
  return problems.length === 0 ? EXIT.ok : EXIT.problems;
}

async function overdueIn(store: Pick<CouchPort, 'due'>, now: EpochMs): Promise<OverdueFact | undefined> {
  const { documents, isFull } = await store.due({
    from: 0 as EpochMs,
    until: addMs(now, -SWEEP_PERIOD as DurationMs),
    limit: MOST_OVERDUE,
  });
  const [oldest] = documents;
  if (oldest === undefined) return undefined;
  return { _id: oldest._id, dueAt: Number(oldest['dueAt']) as EpochMs, count: documents.length, isMore: isFull };
}

interface ProblemText {
  readonly title: string;
  readonly text: string;
}

function problemText(problem: Problem, labelOf: LabelOf, now: EpochMs): ProblemText {
  switch (problem.kind) {
    case 'overdue': {
      const { _id, dueAt, count, isMore } = problem.overdue;
      const text = `${isMore ? 'more than ' : ''}${counted(count, 'document')} due for longer than the sweep’s 5 minutes, the oldest for ${durationText(now - dueAt)}: ${_id}. Is the sweep running?`;
      return { title: 'overdue', text };
    }
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

const alertText = ({ message, subject, at, lastAt }: AlertFact): string =>
  `${message} (${subject}${lastAt === undefined ? '' : `; again and again since ${instantText(at)}`})`;

function problemJson(problem: Problem, labelOf: LabelOf): object {
  const at = new Date(problem.at).toISOString();
  switch (problem.kind) {
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
