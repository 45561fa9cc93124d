/*
 * `npm start` and tests send messages to an imitation of Slack. It refuses what Slack would refuse, so that tests find
 * wrong messages. This file checks the blocks of a message.
 */

import { Ajv, type ValidateFunction } from 'ajv';

/** A text object of Slack's. `most`: how many characters it may have. */
const text = (most: number, ...types: readonly string[]) => ({
  type: 'object',
  required: ['type', 'text'],
  properties: {
    type: { enum: types },
    text: { type: 'string', minLength: 1, maxLength: most },
  },
});

const anyText = (most: number) => text(most, 'plain_text', 'mrkdwn');
const plainText = (most: number) => text(most, 'plain_text');
const url = { type: 'string', pattern: '^https?://', maxLength: 3000 };

/** The form of one kind of block: `type`, `block_id` and the fields of this kind. */
const block = (type: string, properties: object, required: readonly string[] = []) => ({
  type: 'object',
  required: ['type', ...required],
  properties: { type: { const: type }, block_id: { type: 'string', maxLength: 255 }, ...properties },
});

const button = {
  type: 'object',
  required: ['type', 'text'],
  properties: {
    type: { const: 'button' },
    text: plainText(75),
    url,
    action_id: { type: 'string', maxLength: 255 },
    value: { type: 'string', maxLength: 2000 },
  },
};

const image = {
  type: 'object',
  required: ['type', 'image_url', 'alt_text'],
  properties: { type: { const: 'image' }, image_url: url, alt_text: { type: 'string', maxLength: 2000 } },
};

const fields = { type: 'array', minItems: 1, maxItems: 10, items: anyText(2000) };

/** Slack's published limits for a message: at most 50 blocks. A block of a kind that is not in this list is refused. */
const BLOCKS = {
  type: 'array',
  maxItems: 50,
  items: {
    anyOf: [
      block('divider', {}),
      block('header', { text: plainText(150) }, ['text']),
      {
        ...block('section', { text: anyText(3000), fields, accessory: { anyOf: [button, image] } }),
        anyOf: [{ required: ['text'] }, { required: ['fields'] }],
      },
      block(
        'context',
        { elements: { type: 'array', minItems: 1, maxItems: 10, items: { anyOf: [anyText(3000), image] } } },
        ['elements'],
      ),
      block('actions', { elements: { type: 'array', minItems: 1, maxItems: 25, items: button } }, ['elements']),
    ],
  },
};

let validate: ValidateFunction | undefined;

/** Whether a message's `blocks` break one of these limits. Blocks that are absent break none. */
export function hasInvalidBlocks(blocks: unknown): boolean {
  if (blocks === undefined) return false;
  // Compiled at the first use, so that a sink starts sooner.
  validate ??= new Ajv({ strict: false }).compile(BLOCKS);
  return !validate(blocks);
}
