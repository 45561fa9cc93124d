import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { StoredDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import { ORDER_STATES } from '../../src/core/order-state.ts';
import { ACT_KINDS } from '../../src/core/tickets/act.ts';
import { type TimeConstants, timeConstants } from '../../src/core/time-constants.ts';
import { readAct } from '../../src/ledger/documents/act.ts';
import { ALERT_KINDS, readAlert } from '../../src/ledger/documents/alert.ts';
import { readAppState } from '../../src/ledger/documents/app-state.ts';
import { readChannel } from '../../src/ledger/documents/channel.ts';
import { readCheckpoint } from '../../src/ledger/documents/checkpoint.ts';
import { readDead } from '../../src/ledger/documents/dead.ts';
import { readDefinition } from '../../src/ledger/documents/definition.ts';
import { readDeployed } from '../../src/ledger/documents/deployed.ts';
import { readEvent } from '../../src/ledger/documents/event.ts';
import { readGate } from '../../src/ledger/documents/gate.ts';
import { readHint } from '../../src/ledger/documents/hint.ts';
import { readJoin } from '../../src/ledger/documents/join.ts';
import { readOrder } from '../../src/ledger/documents/order.ts';
import { readPark } from '../../src/ledger/documents/park.ts';
import { readQuestion } from '../../src/ledger/documents/question.ts';
import { readQuestions } from '../../src/ledger/documents/questions.ts';
import { readRate } from '../../src/ledger/documents/rate.ts';
import { readStarted } from '../../src/ledger/documents/started.ts';
import { readStat } from '../../src/ledger/documents/stat.ts';
import { readTenant } from '../../src/ledger/documents/tenant.ts';
import { readTicket } from '../../src/ledger/documents/ticket.ts';
import { RETENTION_RULES } from '../../src/ledger/retention/retention-rules.ts';
import { ORDER_ARROWS } from '../support/order-arrows.ts';
import { codeIn, REPOSITORY, rowsOf, sectionOf, textOf } from './support/documents.ts';

const DOCUMENT = 'docs/ledger.md';
const TEXT = textOf(DOCUMENT);
const DOCUMENTS = 'src/ledger/documents';

/** The example below a heading. */
function exampleOf(type: string): StoredDocument {
  const [, json = ''] = /```json\n(.*?)```/s.exec(sectionOf(DOCUMENT, `### ${type}`)) ?? [];
  return { ...JSON.parse(json), _rev: '1-a' };
}

const READERS: Readonly<Record<string, ((document: StoredDocument) => unknown) | undefined>> = {
  event: readEvent,
  order: readOrder,
  hint: readHint,
  join: readJoin,
  park: readPark,
  rate: readRate,
  started: readStarted,
  stat: readStat,
  tenant: readTenant,
  gate: readGate,
  channel: readChannel,
  checkpoint: readCheckpoint,
  app: readAppState,
  dead: readDead,
  definition: readDefinition,
  deployed: readDeployed,
  alert: readAlert,
  ticket: readTicket,
  question: readQuestion,
  questions: readQuestions,
  act: readAct,
  schema: undefined,
  probe: undefined,
  purge: undefined,
};

/** The types of documents whose section has another name. */
const TYPE_OF: Readonly<Record<string, string>> = { question: 'ticket' };

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };

const durationMs = (text: string): number => {
  const [count = '', unit = ''] = text.split(' ');
  return Number(count) * (UNITS_MS[unit] ?? Number.NaN);
};

/** The first code of each row of the table below a heading whose first cell is code. */
const codeRows = (heading: string): readonly (readonly string[])[] =>
  rowsOf(sectionOf(DOCUMENT, heading)).filter(([first = '']) => first.startsWith('`'));

describe('docs/ledger.md', () => {
  for (const [type, read] of Object.entries(READERS)) {
    it(`has an example of ${type} that is one`, () => {
      const example = exampleOf(type);
      expect(example).to.include({ schema: 1, type: TYPE_OF[type] ?? type });
      const isOnlyOne = read === undefined || type === 'deployed';
      expect(example._id).to.match(isOnlyOne ? new RegExp(`^${type}$`) : new RegExp(`^${TYPE_OF[type] ?? type}:`));
      if (read !== undefined) expect(read(example)).to.deep.equal(example);
    });
  }

  it('tells every type of document', () => {
    const types = readdirSync(join(REPOSITORY, DOCUMENTS)).map((file) => file.replace(/(-state)?\.ts$/, ''));
    expect(Object.keys(READERS)).to.include.members(types);
    const ids = codeRows('## Documents').map(([id = '']) => /^`(\w+)/.exec(id)?.[1]);
    expect(ids).to.have.members(Object.keys(READERS).map((type) => TYPE_OF[type] ?? type));
  });

  it('tells each invariant as it stands beside the document’s type', () => {
    const invariants = readdirSync(join(REPOSITORY, DOCUMENTS)).flatMap((file) => {
      const [, invariant] = / \* (Invariant: .*?)\n \*(?: *\n|\/)/s.exec(textOf(join(DOCUMENTS, file))) ?? [];
      return invariant === undefined ? [] : [invariant.replaceAll('\n * ', ' ')];
    });
    // One for each type of document.
    expect(invariants).to.have.length(21);
    for (const invariant of invariants) expect(TEXT).to.include(invariant);
  });

  it('has every state of an order, and none that there is not', () => {
    const life = sectionOf(DOCUMENT, "## An order's life").split('These are all')[0] ?? '';
    const states = rowsOf(life).flatMap(([first = '']) => codeIn(first));
    expect(states).to.deep.equal([...ORDER_STATES]);
  });

  it('has every way from one state to another, and none that there is not', () => {
    const [, ways = ''] = sectionOf(DOCUMENT, "## An order's life").split('These are all');
    const told = rowsOf(ways)
      .filter(([first = '']) => first.startsWith('`'))
      .flatMap(([from = '', to = '']) => codeIn(to).map((state) => `${codeIn(from)[0]} → ${state}`));
    expect(told).to.have.members(ORDER_ARROWS);
  });

  it('has every time with its length', () => {
    const told = Object.fromEntries(
      codeRows('## Times').map(([name = '', time = '']) => [codeIn(name)[0], durationMs(time)]),
    );
    expect(told).to.deep.equal({ ...timeConstants() } satisfies Record<keyof TimeConstants, number>);
  });

  it('has a row for each type that says when it may go, by the same fields as the purge', () => {
    const [, ...rows] = rowsOf(sectionOf(DOCUMENT, '## Retention'));
    const told = rows.map(([type = '', final = '', since = '', why = '']) => {
      expect(codeIn(type), type).to.have.length(1);
      expect(why, `${type} stays longer while, or never goes because`).to.match(/\w/);
      return [codeIn(type)[0], final === 'never' ? undefined : codeIn(since)] as const;
    });
    const rules = Object.entries(RETENTION_RULES).map(([type, rule]) => [type, rule && [...rule.instants]] as const);
    const others = ['deployed', 'schema', 'probe', 'purge', '_design/…'].map((type) => [type, undefined] as const);
    expect(told).to.have.deep.members([...rules, ...others]);
    const types = Object.keys(READERS).filter((type) => TYPE_OF[type] === undefined);
    expect(told.map(([type]) => type)).to.have.members([...types, '_design/…']);
  });

  it('has every kind of act', () => {
    expect(codeRows('### act').flatMap(([kinds = '']) => codeIn(kinds))).to.deep.equal([...ACT_KINDS]);
  });

  it('has every kind of alert', () => {
    expect(codeRows('### alert').map(([kind = '']) => codeIn(kind)[0])).to.deep.equal([...ALERT_KINDS]);
  });
});
