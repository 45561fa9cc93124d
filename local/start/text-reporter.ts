import { type Paints, paintsOf, toTerminal } from '../../src/core/paint.ts';
import type { NotStarted } from './not-started.ts';
import type { WatchedReload } from './reload-watch.ts';
import type { Ready, Reporter } from './reporter.ts';

/** The width of the column with an app's name, in characters: enough for a name that is indented a few times. */
const APP_COLUMN = 34;

/** Puts the words of a message below the app's name, a step to the right. The clock has 12 characters. */
const MESSAGE_INDENT = ' '.repeat(12 + 2 + 3);

/**
 * Prints for people, line by line, what happens under `npm start`. The line for a reload's start says why the reload
 * was started. A reload's lines are indented by how many reloads led to it.
 */
export function textReporter(write: (line: string) => void, colored: boolean): Reporter {
  const paints = paintsOf(colored);
  const line = (text = ''): void => write(toTerminal(`${text}\n`, colored));
  const clock = (at: number): string => paints.dim(new Date(at).toISOString().slice(11, 23));
  const nameOf = ({ app, depth }: WatchedReload): string => `${'   '.repeat(depth)}${app}`.padEnd(APP_COLUMN);
  const ended = ({ outcome = 'failed', tooLong = outcome, queuedAt }: WatchedReload, at: number): string => {
    const text = outcome === 'succeeded' ? paints.green(`✔ ${outcome}`) : paints.red(`✖ ${tooLong}`);
    return `${text}  ${paints.dim(`${((at - queuedAt) / 1000).toFixed(1)} s`)}`;
  };
  return {
    step: (text) => line(paints.dim(text)),
    ready: (ready) => {
      for (const text of readyLines(ready, paints)) line(text);
    },
    seen: (seen) => {
      if (seen.kind === 'delivered') {
        const { at, statusCode = 'nothing', answer } = seen;
        const isTaken = typeof statusCode === 'number' && statusCode < 300;
        if (!isTaken) line(`${clock(at)}  ${paints.red(`webhook answered ${statusCode}: ${answer}`)}`);
        return;
      }
      const { reload, at } = seen;
      if (seen.kind === 'queued') line(`${clock(at)}  ${nameOf(reload)} ${paints.cyan('▶')} ${startOf(reload)}`);
      if (seen.kind === 'ended') line(`${clock(at)}  ${nameOf(reload)} ${ended(reload, at)}`);
    },
    notice: ({ at, about, kind, channel }) =>
      line(`${clock(at)}  ${about.padEnd(APP_COLUMN)} ${paints.cyan('✉')} ${kind}, sent to the channel ${channel}`),
    message: (lines) => {
      for (const text of lines) line(`${MESSAGE_INDENT}${text}`);
    },
    noticeRefused: ({ at, channel, message }) =>
      line(`${clock(at)}  ${channel.padEnd(APP_COLUMN)} ${paints.red('✉')} ${paints.red(message)}`),
    notStarted: (notStarted) =>
      line(`${clock(notStarted.at)}  ${notStarted.app.padEnd(APP_COLUMN)} ${notStartedText(notStarted, paints)}`),
    done: ({ ok, reloads, problems }) => {
      line();
      for (const problem of problems) line(paints.red(problem));
      line(
        ok
          ? paints.green(`${reloads.length} reloads, exactly those that the examples list.`)
          : paints.red('The examples did not run as listed.'),
      );
    },
  };
}

/** The words for a reload's start: `attempt 2 started, because sales/report succeeded, the last of 3`. */
function startOf({ after, afterOutcome, afterTooLong, lastOf, attempt }: WatchedReload): string {
  const what = attempt === undefined || attempt.number === 1 ? 'reload' : `attempt ${attempt.number}`;
  const why = after === null ? '' : `, because ${after} ${afterTooLong ?? afterOutcome ?? 'ended'}`;
  return `${what} started${why}${lastOf === undefined ? '' : `, the last of ${lastOf}`}`;
}

/** The words for a missing reload: `◷ waits: the app is busy  Cascade looks again at 03:04:24Z at the latest`. */
function notStartedText({ kind, code, message, dueAt }: NotStarted, { red, yellow, dim }: Paints): string {
  switch (kind) {
    case 'failed':
      return `${red(`✖ not started: ${code}`)}  ${dim(message)}`;
    case 'gave-up':
      return `${red(`✖ given up: ${code}`)}  ${dim(message)}`;
    case 'merged':
      return `${yellow('◷ merged')}  ${dim(message)}`;
    case 'waits': {
      const next = dueAt === undefined ? '' : `Cascade looks again at ${new Date(dueAt).toISOString().slice(11, 19)}Z`;
      return `${yellow(`◷ waits: ${message.replace(/\.$/, '')}`)}  ${dim(next && `${next} at the latest`)}`;
    }
    default:
      return kind satisfies never;
  }
}

const loginTo = ({ user, password }: NonNullable<Ready['store']>): string =>
  password === undefined ? 'of COUCHDB_URL' : `user ${user}, password ${password}`;

const aboutDashboard = ({ user }: NonNullable<Ready['dashboard']>): string =>
  user === undefined ? 'sign in with an account of the CouchDB' : 'opens signed in';

function slackLines({ url, messages, leftOut }: NonNullable<Ready['slack']>, { dim, yellow }: Paints) {
  const about = messages === undefined ? 'of --slack' : `simulated; its messages: ${messages}`;
  const lines = [`  Slack       ${url}   ${dim(about)}`];
  if (leftOut.length === 0) return lines;
  const text = `No notices go to ${leftOut.join(', ')}: a deployment has at most 20 channels.`;
  return [...lines, `              ${yellow(text)}`];
}

const questionLines = ({ url, control }: NonNullable<Ready['stackExchange']>, dim: Paints['dim']) => [
  `  Questions   ${url}   ${dim('a simulated Stack Exchange; to ask one:')}`,
  dim(`              curl ${control}/questions -d '{"title":"Why?","tags":["qlik-sense"]}'`),
];

function readyLines(
  { openwhisk, tenant, store, webhook, chains, metrics, dashboard, slack, stackExchange, example, wsk }: Ready,
  paints: Paints,
): readonly string[] {
  const { bold, dim } = paints;
  return [
    '',
    bold('Cascade is up.'),
    `  OpenWhisk   ${openwhisk.apihost}   ${dim(`namespace ${openwhisk.namespace}`)}`,
    `  Tenant      ${tenant.url}   ${dim(`simulated; to look at and to play with: ${tenant.url}/_sim/`)}`,
    ...(store === undefined ? [] : [`  Store       ${store.url}   ${dim(loginTo(store))}`]),
    `  Webhook     ${webhook.url}`,
    `  Chains      ${chains.url}`,
    ...(metrics === undefined ? [] : [`  Metrics     ${metrics.url}   ${dim('with the same key as the chains')}`]),
    ...(dashboard === undefined ? [] : [`  Dashboard   ${dashboard.url}   ${dim(aboutDashboard(dashboard))}`]),
    ...(slack === undefined ? [] : slackLines(slack, paints)),
    ...(stackExchange === undefined ? [] : questionLines(stackExchange, dim)),
    '',
    'Start a reload in the tenant, and what follows it starts by itself:',
    dim(`  curl -X POST ${tenant.url}/api/v1/reloads -H 'authorization: Bearer ${tenant.apiKey}' \\`),
    dim(`       -H 'content-type: application/json' -d '{"appId":"${example?.appId ?? '<app id>'}"}'`),
    'Who follows whom:',
    dim(`  curl ${chains.url} -H 'x-api-key: ${chains.apiKey}'`),
    `Start a reload by hand, from anywhere in a chain${wsk === 'wsk' ? ' (./build.sh tools builds wsk)' : ''}:`,
    dim(`  ${wsk} --apihost ${openwhisk.apihost} --auth ${openwhisk.auth} \\`),
    dim(`      action invoke cascade/reload -p app ${example?.name ?? '<app>'} --result`),
    '',
  ];
}
