/*
 * Writes the message that the action `notifier` posts to a Slack channel. People read it if a reload failed, if an app
 * is late, or if Cascade needs a look. A notice is one thing that people should hear. A message about one notice has
 * all that is known. A message about several is a digest: it has one line for each of the first ten.
 */

import { DEFAULT_TENANT } from '../names.ts';
import { pageFragment } from '../page-fragment.ts';
import { alertWords } from './alert-words.ts';
import type { ItemKind, MessageItem } from './message-item.ts';
import { slackText } from './slack-text.ts';
import { utcText } from './utc-text.ts';

/** A text that Slack reads as its own markup. With `verbatim`, Slack makes no links and mentions of its own accord. */
interface Markup {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

type Block =
  | { readonly type: 'section'; readonly text: Markup }
  | { readonly type: 'context'; readonly elements: readonly Markup[] };

/** The body of a post to an incoming webhook of Slack's. */
export interface SlackMessage {
  /** What a notification shows. */
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

/** The command that lists what failed, is late or needs a look. */
const PROBLEMS = 'cascade runs --problems';

/** By kind of notice: the sign with which its line begins, the words for what happened, and what lists such notices. */
const WORDS: Readonly<Record<ItemKind, readonly [sign: string, word: string, command: string]>> = {
  failed: [':red_circle:', 'failed', PROBLEMS],
  recovered: [':large_green_circle:', 'recovered', PROBLEMS],
  late: [':alarm_clock:', 'is late', PROBLEMS],
  arrived: [':white_check_mark:', 'arrived late', PROBLEMS],
  'gave-up': [':no_entry:', 'was given up', PROBLEMS],
  alert: [':warning:', 'needs a look', PROBLEMS],
  question: [':speech_balloon:', 'was asked', 'cascade tickets --source questions'],
  test: [':wave:', 'is heard here', PROBLEMS],
};

/** The longest text that Slack takes in a section (docs.slack.dev), in UTF-16 units. */
const LONGEST_SECTION = 3_000;

/**
 * The longest texts, in UTF-16 units, after escaping. So a message about one notice fits. Those of a digest may be too
 * long together, so its details share what is left.
 */
const MOST = {
  subject: 200,
  detail: 600,
  behind: 400,
  digestSubject: 100,
  digestDetail: 120,
  url: 1_000,
  // The page's address, two names and an id have about 200.
  pageUrl: 400,
  command: 250,
};

/** A digest has a line for this many of its notices. It only counts the others. */
const NAMED = 10;

/** A notice names this many chains, and this many apps that wait behind its own. It only counts the others. */
const NAMED_BEHIND = 5;

/**
 * Makes the message about these notices: about one with all that is known, about several as a digest.
 *
 * @param items - at least one.
 * @param page - the address of the dashboard's page, to which a digest links. Undefined if there is no page.
 */
export function slackMessage(items: readonly MessageItem[], page?: string): SlackMessage {
  const [first] = items;
  if (first === undefined) throw new Error('A message needs a notice.');
  const [headline, blocks] = items.length === 1 ? single(first) : digest(items, page);
  return { text: headline, blocks, unfurl_links: false, unfurl_media: false };
}

function single(item: MessageItem): readonly [string, readonly Block[]] {
  const headline = headlineOf(item, MOST.subject);
  const { detail = '', behind = [], upstream } = item;
  const lines = [
    `${headline}${inChains(item)}`,
    ...(detail.trim() === '' ? [] : [slackText(detail, MOST.detail)]),
    ...(upstream === undefined ? [] : [`It follows ${slackText(upstream, MOST.subject)}`]),
    ...(behind.length === 0 ? [] : [`Waits behind it: ${namesOf(behind)}`]),
    ...nextStep(item),
  ];
  const facts = factsOf(item).join(' · ');
  return [headline, [section(lines), { type: 'context', elements: [markup(facts)] }]];
}

/** The sign, the name of what it is about, and what happened. */
function headlineOf({ kind, subject, alert }: MessageItem, longest: number): string {
  const [sign, word] = WORDS[kind];
  return `${sign} ${slackText(subject, longest)} ${alert === undefined ? word : alertWords(alert)}`;
}

/**
 * What a person should do next. An alert has to be dismissed. If Cascade gave up an order (a reload that it owes), it
 * does not start that again by itself.
 */
function nextStep({ id, kind, appId, tenant }: MessageItem): readonly string[] {
  if (kind === 'alert') return [`When you have dealt with it: ${command(`cascade dismiss ${documentIn(id)}`)}`];
  if (kind !== 'gave-up' || appId === undefined) return [];
  const inTenant = tenant === undefined || tenant === DEFAULT_TENANT ? '' : ` -p tenant ${tenant}`;
  return [`To start it again: ${command(`wsk action invoke cascade/reload -p app ${appId}${inTenant}`)}`];
}

/** The document's id in an item's id, `<document's id>/<notice's id>`. */
const documentIn = (id: string): string => id.slice(0, id.lastIndexOf('/'));

const command = (text: string): string => `\`${slackText(text, MOST.command)}\``;

const inChains = ({ chains = [] }: MessageItem): string =>
  chains.length === 0 ? '' : ` (${chains.length === 1 ? 'chain' : 'chains'} ${namesOf(chains)})`;

function namesOf(names: readonly string[]): string {
  const more = names.length - NAMED_BEHIND;
  const shown = names.slice(0, NAMED_BEHIND).map((name) => slackText(name, MOST.behind / NAMED_BEHIND));
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function factsOf(item: MessageItem): readonly string[] {
  const { kind, at, since, times, deadline, url, run, runUrl, order, ticket, ticketUrl } = item;
  const isStreak = since !== undefined && times !== undefined;
  return [
    kind === 'late' ? `expected by ${utcText(deadline ?? at)}` : utcText(at),
    ...(isStreak && kind === 'recovered' ? [`failing since ${utcText(since)}, ${timesOf(times)}`] : []),
    ...(isStreak && kind === 'failed' && times > 1 ? [`failing since ${utcText(since)}, ${timesOf(times)}`] : []),
    ...(deadline !== undefined && kind !== 'late' ? [`expected by ${utcText(deadline)}`] : []),
    ...(url === undefined ? [] : [linkTo(url, kind === 'question' ? 'Open the question' : 'Open in Qlik Cloud')]),
    ...(runUrl === undefined ? [] : [linkTo(runUrl, 'Open the run', MOST.pageUrl)]),
    ...(ticketUrl === undefined ? [] : [linkTo(ticketUrl, 'Open the ticket', MOST.pageUrl)]),
    ...(run === undefined ? [] : [command(`cascade runs ${run}`)]),
    ...(order === undefined ? [] : [command(`cascade runs ${order}`)]),
    ...(ticket === undefined ? [] : [command(`cascade ticket ${ticket}`)]),
  ];
}

/**
 * A link in Slack's markup, `<https://…|words>`. If the address is not safe, only the words are shown. A safe address
 * is not too long, has only printable ASCII characters, and none that would end the link early.
 */
function linkTo(url: string, words: string, longest = MOST.url): string {
  const escaped = url.replaceAll('&', '&amp;');
  const isSafe = /^https?:\/\/[!-~]+$/.test(url) && !/[<>|]/.test(url) && escaped.length <= longest;
  return isSafe ? `<${escaped}|${words}>` : words;
}

const timesOf = (times: number): string => (times === 1 ? 'once' : `${times} times`);

function digest(items: readonly MessageItem[], page: string | undefined): readonly [string, readonly Block[]] {
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  const headline = kinds.map((kind) => countOf(kind, items.filter((item) => item.kind === kind).length)).join(', ');
  const named = items.slice(0, NAMED);
  const more = items.slice(NAMED);
  const rest = more.length > 0 ? [`and ${more.length} more: ${commandsFor(more)}`] : [];
  const room = LONGEST_SECTION - [headline, ...rest].join('\n').length;
  const lines = named.map((item) => lineOf(item, Math.floor(room / named.length) - 1));
  const said = section([headline, ...lines, ...rest]);
  if (page === undefined) return [headline, [said]];
  const link = linkTo(`${page}${pageFragment('tickets')}`, 'Open the tickets', MOST.pageUrl);
  return [headline, [said, { type: 'context', elements: [markup(link)] }]];
}

/** Which commands name these, for an end of a sentence. */
function commandsFor(items: readonly MessageItem[]): string {
  const commands = [...new Set(items.map(({ kind }) => `\`${WORDS[kind][2]}\``))].sort();
  return `${commands.join(' and ')} ${commands.length === 1 ? 'names' : 'name'} them`;
}

const COUNTED: Readonly<Record<ItemKind, (count: number) => string>> = {
  failed: (count) => `${count} failed`,
  recovered: (count) => `${count} recovered`,
  late: (count) => `${count} late`,
  arrived: (count) => `${count} arrived late`,
  'gave-up': (count) => `${count} given up`,
  alert: (count) => `${count} to look at`,
  question: (count) => `${count} new ${count === 1 ? 'question' : 'questions'}`,
  test: (count) => `${count} ${count === 1 ? 'test' : 'tests'}`,
};

const countOf = (kind: ItemKind, count: number): string => `${WORDS[kind][0]} ${COUNTED[kind](count)}`;

/** A notice's line in a digest. Its detail is cut so that the line has at most `longest` UTF-16 units. */
function lineOf(item: MessageItem, longest: number): string {
  const { detail = '' } = item;
  const what = headlineOf(item, MOST.digestSubject);
  const left = Math.min(MOST.digestDetail, longest - `${what}: `.length);
  return detail.trim() === '' || left < 1 ? what : `${what}: ${slackText(detail, left)}`;
}

const section = (lines: readonly string[]): Block => ({ type: 'section', text: markup(lines.join('\n')) });

const markup = (text: string): Markup => ({ type: 'mrkdwn', text, verbatim: true });
