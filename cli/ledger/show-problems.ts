import { paintsOf } from '../../src/core/paint.ts';
import { findProblems } from '../../src/core/runs/find-problems.ts';
import { type Since, sinceText, sinceWhen } from '../../src/core/runs/since.ts';
import { instantText } from '../../src/core/runs/time-words.ts';
import { counted, EXIT, type ExitCode, writeJson } from '../terminal.ts';
import type { LedgerContext } from './ledger-command.ts';
import { lookForProblems } from './look-for-problems.ts';
import { problemJson, problemText } from './problem-words.ts';

/**
 * `cascade runs --problems`: what a person should look at.
 *
 * @param since - older alerts and given-up orders are left out; what is wrong now and unread dead letters never are.
 * @returns 1 if there is any.
 */
export async function showProblems(context: LedgerContext, since: Since): Promise<ExitCode> {
  const { terminal, labelOf, json } = context;
  const { missing, ...facts } = await lookForProblems(context);
  const now = context.now();
  const problems = findProblems(facts, sinceWhen(since, now), now);
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
    terminal.write(`${count}; alerts and given-up orders ${sinceText(since)}\n`);
    for (const text of missing) terminal.writeError(`${text}\n`);
  }
  return problems.length === 0 ? EXIT.ok : EXIT.problems;
}
