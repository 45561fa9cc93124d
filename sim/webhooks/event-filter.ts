import { badRequest } from '../http/answer.ts';
import { parseScim } from '../scim.ts';
import { APP_RELOAD_FINISHED, type TenantEvent } from './event.ts';

/** Whether an event passes a webhook's filter (q-webhooks-crud-14, -15). @throws Refusal 400 if the filter is not allowed */
export function parseEventFilter(text: string, eventTypes: readonly string[]): (event: TenantEvent) => boolean {
  const filter = parseScim(text, {
    attributes: ['id', 'spaceId', 'topLevelResourceId', 'data.status'],
    operators: ['eq', 'ne'],
    parentheses: false,
  });
  const isEngineOnly = eventTypes.length === 1 && eventTypes[0] === APP_RELOAD_FINISHED;
  if (filter.attributes.has('data.status') && !isEngineOnly) {
    throw badRequest(`Invalid filter: data.status is for ${APP_RELOAD_FINISHED} alone.`);
  }
  return (event) => filter.passes((attribute) => read(event, attribute));
}

function read(event: TenantEvent, attribute: string): string | undefined {
  switch (attribute) {
    case 'spaceId':
      return event.spaceId;
    case 'topLevelResourceId':
      return event.appId;
    case 'data.status':
      return text(event.data['status']);
    default:
      return text(event.data['id']);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
