import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { schemas } from '../src/contracts/schemas.ts';
import { inParts } from './schema-in-parts.ts';

const BANNER = '// Made by `npm run generate` from src/contracts/schemas.ts. Do not edit.\n';

/** For each schema: the type of what it describes (or of each entry of a list), and the module that has the type. */
const typeOf: Readonly<Record<keyof typeof schemas, readonly [type: string, module: string]>> = {
  batch: ['Batch', 'batch'],
  plan: ['Plan', 'plan'],
  orderRequest: ['OrderRequest', 'order-request'],
  endRecord: ['EndRecord', 'end-record'],
  notifyRequest: ['NotifyRequest', 'notify-request'],
  questionRequest: ['QuestionRequest', 'question-request'],
  hintRef: ['HintRef', 'batch'],
  manualReload: ['ManualReload', 'manual-reload'],
  qlikTenants: ['QlikTenantSetting', 'tenant-settings'],
  webhookTenants: ['WebhookTenantSetting', 'tenant-settings'],
  notifyChannels: ['ChannelSetting', 'channel-setting'],
};

const fileNameOf = (validator: string): string => validator.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const declarationOf = (validator: keyof typeof schemas): string => {
  const [type, module] = typeOf[validator];
  const whole = 'items' in schemas[validator] ? `readonly ${type}[]` : type;
  return `${BANNER}import type { ${type} } from '../${module}.ts';
import type { Validator } from '../validator.ts';
export declare const ${validator}: Validator<${whole}>;
`;
};

/**
 * Compiles each schema of src/contracts/schemas.ts into a validator: a function that checks whether an action's input
 * has the right form. `npm run generate` runs this, so that no action compiles a schema when it starts. No file has two
 * validators, so that an action's bundle has only the validators that it calls.
 *
 * @returns file name → text, for `src/contracts/generated/`.
 */
export function generateValidators(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const validator of Object.keys(schemas) as (keyof typeof schemas)[]) {
    const code = { source: true, esm: false, optimize: 2 };
    const ajv = new Ajv({ code, allErrors: false, messages: true, inlineRefs: false });
    ajv.addSchema(inParts(schemas[validator]), validator);
    files.set(`${fileNameOf(validator)}.cjs`, `${BANNER}${standaloneCode.default(ajv, { [validator]: validator })}\n`);
    files.set(`${fileNameOf(validator)}.d.cts`, declarationOf(validator));
  }
  return files;
}
