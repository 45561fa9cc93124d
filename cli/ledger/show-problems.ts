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
 * @param most - how many documents of one type are read at most; as many as `lookForProblems` reads unless said.
 * @returns 1 if there is any, or if there may be: the ledger has more documents than were read.
 */
export async function showProblems(context: LedgerContext, since: Since, most?: number): Promise<ExitCode> {
  const { terminal, labelOf, json } = context;
  const { missing, notChecked, ...facts } = await lookForProblems(context, most);
  const now = context.now();
  const problems = findProblems(facts, sinceWhen(since, now), now);
  const ok = problems.length === 0 && missing.length === 0;
  if (json) {
    const told = problems.map((problem) => problemJson(problem, labelOf));
    writeJson(terminal, { ok, problems: told, missing, notChecked });
  } else {
    const paints = paintsOf(terminal.colored);
    for (const problem of problems) {
      const { title, text } = problemText(problem, labelOf, now);
      terminal.write(`${paints.dim(instantText(problem.at))}  ${paints.red(title)}  ${text}\n`);
    }
    const count = problems.length === 0 ? 'No problems' : counted(problems.length, 'problem');
    const where = missing.length === 0 ? '' : ' in what was read';
    terminal.write(`${count}${where}; alerts and given-up orders ${sinceText(since)}\n`);
    for (const text of [...missing, ...notChecked]) terminal.writeError(`${text}\n`);
  }
  return ok ? EXIT.ok : EXIT.problems;
}
