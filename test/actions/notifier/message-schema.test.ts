import { Ajv } from 'ajv';
import { expect } from 'chai';
import { botMessage } from '../../../src/core/desk/bot-message.ts';
import type { MessageItem } from '../../../src/core/desk/message-item.ts';
import { NOTICE_KINDS } from '../../../src/core/desk/notice.ts';
import type { EpochMs } from '../../../src/core/units.ts';
import { textOf } from '../../docs/support/documents.ts';
import { failed, failingApp, notifierWorld } from './support/notifier-world.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ajv = new Ajv({ allErrors: true }).addFormat('date-time', ISO);
const validate = ajv.compile(JSON.parse(textOf('docs/notices.schema.json')));

/** Every field that a notice may have. */
const WHOLE: Required<MessageItem> = {
  ...{ id: 'app:default:a/failed.r1', kind: 'failed', at: 1 as EpochMs, subject: 's', tenant: 't', appId: 'a' },
  ...{ chains: ['c'], detail: 'd', behind: ['b'], since: 2 as EpochMs, times: 1, deadline: 3 as EpochMs },
  ...{ url: 'https://acme.example', run: 'r', ticket: 'k', traceId: 't' },
  ...{ runUrl: 'https://host.example/r', ticketUrl: 'https://host.example/k' },
  ...{ alert: 'quota', order: 'o', upstream: 'u' },
};

describe('docs/notices.schema.json', () => {
  it('takes a message as the notifier sends it', async () => {
    const alert = { _id: 'alert:quota:x', schema: 1, type: 'alert', kind: 'quota', subject: 'x', message: 'm' };
    const raised = { ...alert, traceId: 't', at: 1, unroutedSince: 1 };
    const { sent, run } = notifierWorld({ documents: [failingApp('a', [failed('a', ['ops'])]), raised] });
    await run('app:default:a', 'alert:quota:x');
    expect(sent).to.have.lengthOf(2);
    for (const { message } of sent) expect(validate(message), JSON.stringify(validate.errors)).to.equal(true);
  });

  it('has each field and each kind', () => {
    for (const kind of [...NOTICE_KINDS, 'question', 'test'] as const) {
      expect(validate(botMessage([{ ...WHOLE, kind }], 5 as EpochMs)), kind).to.equal(true);
    }
    const { properties } = JSON.parse(textOf('docs/notices.schema.json'));
    const { kind, ...fields } = properties.notices.items.properties;
    expect(Object.keys({ kind, ...fields })).to.have.members(Object.keys(WHOLE));
    expect(kind.examples).to.have.members([...NOTICE_KINDS, 'test']);
    expect(Object.keys(properties)).to.have.members(['type', 'timestamp', 'notices']);
  });

  it('takes fields and kinds of a later version, so that a bot that checks its messages goes on after an upgrade', () => {
    const { notices, ...rest } = botMessage([WHOLE], 5 as EpochMs);
    const [notice] = notices;
    expect(validate({ ...rest, more: 1, notices: [{ ...notice, kind: 'moved', place: 'x' }] })).to.equal(true);
  });

  it('refuses what is no message of Cascade', () => {
    const good = botMessage([WHOLE], 5 as EpochMs);
    for (const bad of [
      { ...good, notices: [] },
      { ...good, type: 'x' },
      { ...good, notices: [{ ...good.notices[0], kind: 1 }] },
      { notices: good.notices },
    ]) {
      expect(validate(bad)).to.equal(false);
    }
  });
});
