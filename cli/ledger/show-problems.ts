/*
 * `cascade runs --problems` lists what a person should look at, for example each morning. `lookForProblems` reads the
 * ledger (Cascade's memory in CouchDB), and `findProblems` decides what is a problem. This file puts the problems into
 * words.
 */

import { type AppKey, type AppRef, appOfKey } from '../../src/core/names.ts';
import type { LabelOf } from '../../src/core/runs/facts.ts';
import {
  type ExpiredFact,
  findProblems,
  type LedgerProblem,
  type OverdueFact,
} from '../../src/core/runs/find-problems.ts';
import { type Since, sinceText, sinceWhen } from '../../src/core/runs/since.ts';
import { areSeconds, durationText, instantText } from '../../src/core/runs/time-words.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { counted } from '../terminal.ts';
import { appJson, iso, orderJson } from './json-facts.ts';
import type { LedgerContext, LedgerReport } from './ledger-command.ts';
import { lookForProblems } from './look-for-problems.ts';

/**
 * `cascade runs --problems`: lists what a person should look at. The report is not `ok` if there is a problem, or if
 * something is `missing`, because it was not read or not checked. What `notChecked` names does not count: this user of
 * CouchDB cannot check it, and the actions have another user.
 *
 * @param since - leaves out alerts, given-up orders (reloads that Cascade owed and has stopped trying to start), and
 *   ends that waited in vain for other apps, if they are from before this time. Other problems are not left out.
 * @param most - the most documents of one type that are read; the default is that of `lookForProblems`.
 * @throws CascadeError PARAMETERS_INVALID as `sinceWhen`; STORE_UNAVAILABLE, STORE_REFUSED.
 */
export async function showProblems(context: LedgerContext, since: Since, most?: number): Promise<LedgerReport> {
  const { labelOf, paints } = context;
  const { missing, notChecked, ...facts } = await lookForProblems(context, most);
  const now = context.now();
  const found = findProblems(facts, sinceWhen(since, now), now);
  const problems = found.map((problem) => ({ ...problem, ...shown(problem, labelOf, now) }));
  const count = problems.length === 0 ? 'No problems' : counted(problems.length, 'problem');
  const where = missing.length === 0 ? '' : ' in what was read';
  return {
    ok: problems.length === 0 && missing.length === 0,
    json: {
      problems: problems.map(({ kind, at, json }) => ({ kind, at: new Date(at).toISOString(), ...json })),
      missing,
      notChecked,
    },
    lines: [
      ...problems.map(({ at, title, text }) => `${paints.dim(instantText(at))}  ${paints.red(title)}  ${text}`),
      `${count}${where} (alerts and given-up orders: only ${sinceText(since)})`,
    ],
    notes: [...missing, ...notChecked],
  };
}

const NO_TICKET = 'no ticket';

/** A problem for people, and what `--json` prints beside its kind and time. */
interface ShownProblem {
  readonly title: string;
  readonly text: string;
  readonly json: object;
}

function shown(problem: LedgerProblem, labelOf: LabelOf, now: EpochMs): ShownProblem {
  switch (problem.kind) {
    case 'no-writes': {
      const { why } = problem;
      const text = `The ledger takes no write, so that nothing can be worked on: ${why}`;
      return { title: 'no writes', text, json: { why } };
    }
    case 'overdue': {
      const { _id, count, isMore } = problem.overdue;
      const text = overdueText(problem.overdue, problem.isSweepAsked, now);
      return { title: 'overdue', text, json: { document: _id, count, more: isMore } };
    }
    case 'unreadable':
    case 'stuck': {
      const { _id, why } = problem.wrong;
      const text = problem.kind === 'stuck' ? `${_id}: ${why}` : why;
      return { title: problem.kind, text, json: { document: _id, why } };
    }
    case 'alert': {
      const { _id, kind, subject, message, at, lastAt } = problem.alert;
      const repeated = lastAt === undefined ? '' : `; again and again since ${instantText(at)}`;
      return {
        title: `alert ${kind}`,
        text: `${message} (${subject}${repeated})`,
        json: { firstAt: new Date(at).toISOString(), document: _id, alert: kind, subject, message },
      };
    }
    case 'channel': {
      const { _id, failingSince, answer } = problem.channel;
      const name = _id.slice(_id.indexOf(':') + 1);
      const text = `${name} has taken no message since ${instantText(failingSince)}: ${answer}. It is tried again at least every hour. Does its address still work? cascade notify test ${name} tries it`;
      return { title: 'channel', text, json: { document: _id, channel: name, since: iso(failingSince), answer } };
    }
    case 'expired-join': {
      const { _id, chain, rule, halves, ...app } = problem.expired;
      const missing = (Object.keys(rule.of) as AppKey[])
        .filter((key) => halves.every((half) => half.app !== key))
        .map(appOfKey);
      const text = `${labelOf(app)} (chain ${chain}): ${expiredWords(problem.expired, missing, labelOf)} (${_id})`;
      const json = {
        document: _id,
        chain,
        app: appJson(app, labelOf),
        halves,
        missing: missing.map((each) => appJson(each, labelOf)),
      };
      return { title: 'waited in vain', text, json };
    }
    case 'failing': {
      const { streak, hasTicket, error, why, ...app } = problem.app;
      const { times, since, lastFailedAt, first, ticket } = streak;
      const often = `${counted(times, 'time')} since ${instantText(since)}${times === 1 ? '' : `, last at ${instantText(lastFailedAt)}`}`;
      const id = hasTicket ? ticket : undefined;
      const text = `${labelOf(app)} has failed ${often}: ${why} (${id ?? `${NO_TICKET}; cascade dismiss ${ticket} settles it`})`;
      const json = {
        ...{ app: appJson(app, labelOf), times, since: iso(since), lastFailedAt: iso(lastFailedAt) },
        ...{ reloadId: first, ticket: id, error },
      };
      return { title: 'failing', text, json };
    }
    case 'late': {
      const { deadline, lastSuccess, ...app } = problem.app;
      const last =
        lastSuccess === undefined ? 'no success of it is known' : `it last succeeded at ${instantText(lastSuccess)}`;
      const text = `${labelOf(app)} was expected by ${instantText(deadline)}, and ${last}`;
      const json = {
        app: appJson(app, labelOf),
        deadline: iso(deadline),
        lastSuccess: lastSuccess && iso(lastSuccess),
      };
      return { title: 'late', text, json };
    }
    case 'failed-run': {
      const { root, reloads } = problem.run;
      const failed = reloads.map(
        (reload) =>
          `${labelOf(reload)} ${reload.tooLong ?? 'failed'} at ${instantText(reload.endedAt)} (${reload.ticket ?? NO_TICKET})`,
      );
      const json = {
        root,
        reloads: reloads.map(({ reloadId, endedAt, ticket, ...app }) => ({
          ...{ app: appJson(app, labelOf), reloadId, endedAt: iso(endedAt), ticket },
        })),
      };
      return { title: 'failed run', text: `${failed.join('; ')}: cascade runs ${root}`, json };
    }
    case 'gave-up': {
      const { order } = problem;
      const text = `${labelOf(order)}: ${order.reason?.message ?? 'no reason is known'} (${order._id})`;
      return { title: 'gave up', text, json: orderJson(order, labelOf) };
    }
    case 'purge-due': {
      const { count, last } = problem.purge;
      const since = last === undefined ? 'never' : `last at ${instantText(last)}`;
      const text = `${counted(count, 'old document')} may go, and the ledger was purged ${since}: cascade ledger purge, once a day`;
      return { title: 'purge due', text, json: { count, last: last && new Date(last).toISOString() } };
    }
    case 'dead-letter': {
      const { _id, tenant, reason } = problem.dead;
      const text = `${reason.message} When it is fixed: cascade replay ${_id}; if nothing is to come of it: the same with --dismiss`;
      return { title: 'dead letter', text, json: { document: _id, tenant, reason } };
    }
    default:
      return problem satisfies never;
  }
}

/** Which ends waited in vain, what the link waits for, and of which of its apps no end counted. */
function expiredWords({ rule, halves }: ExpiredFact, missing: readonly AppRef[], labelOf: LabelOf): string {
  const { of, atLeast, within } = rule;
  const apps = (Object.keys(of) as AppKey[]).map((key) => labelOf(appOfKey(key)));
  const ended = halves.map(({ app, endedAt }) => `${labelOf(appOfKey(app))} ended at ${instantText(endedAt)}`);
  const needed = `${atLeast === apps.length ? 'all' : atLeast} of ${apps.join(', ')} within ${durationText(within)}`;
  const none =
    missing.length === 0
      ? ''
      : `; no end of ${missing.map(labelOf).join(', ')} counted with ${halves.length === 1 ? 'it' : 'them'}`;
  return `${ended.join(', ')}${none}. It waits for ${needed}`;
}

function overdueText({ _id, dueAt, count, isMore }: OverdueFact, isSweepAsked: boolean, now: EpochMs): string {
  const documents = `${isMore ? 'more than ' : ''}${counted(count, 'document')}`;
  const age = areSeconds(dueAt)
    ? `: ${_id}, whose dueAt says ${instantText(dueAt)}. Is it in seconds? It has to be in milliseconds since 1970.`
    : `, the oldest for ${durationText(now - dueAt)}: ${_id}.`;
  const text = `${documents} due for longer than the sweep’s 5 minutes${age}`;
  return isSweepAsked ? `${text} Is the sweep running?` : text;
}
