import { Ajv } from 'ajv';
import appReloadFinishedData from '../schemas/app-reload-finished-data.json' with { type: 'json' };
import definitions from '../schemas/definitions.json' with { type: 'json' };
import envelope from '../schemas/envelope.json' with { type: 'json' };
import legacyEnvelope from '../schemas/legacy-envelope.json' with { type: 'json' };
import reloadFinishedData from '../schemas/reload-finished-data.json' with { type: 'json' };
import { RELOAD } from './fact.ts';

const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false });
ajv.addSchema([definitions, envelope, legacyEnvelope, reloadFinishedData, appReloadFinishedData]);

export type Form = 'cloudevents' | 'hybrid' | 'legacy';

/** The points in which an event breaks the schemas of its form and type; none if it fits. */
export function misfits(event: Readonly<Record<string, unknown>>, form: Form): string[] {
  const type = event['type'] ?? event['eventType'];
  const data = type === RELOAD ? 'reload-finished-data' : 'app-reload-finished-data';
  return [...envelopesOf(event, form), ...check(data, event['data'])];
}

/** The envelopes in an event. A hybrid body has both forms, and each must fit by itself. */
function envelopesOf(event: Readonly<Record<string, unknown>>, form: Form): string[] {
  switch (form) {
    case 'cloudevents':
      return check('envelope', event);
    case 'legacy':
      return check('legacy-envelope', event);
    case 'hybrid':
      return [
        ...check('envelope', without(event, legacyEnvelope.properties, envelope.properties)),
        ...check('legacy-envelope', without(event, envelope.properties, legacyEnvelope.properties)),
      ];
    default:
      return form satisfies never;
  }
}

/** The event without the keys that only the other form has. */
function without(event: Readonly<Record<string, unknown>>, others: object, own: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([key]) => !(key in others) || key in own));
}

function check(schema: string, value: unknown): string[] {
  const validate = ajv.getSchema(schema);
  if (validate === undefined) throw new Error(`There is no schema ${schema}.`);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${schema}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
