import { CascadeError } from '../../src/core/cascade-error.ts';
import { isJsonObject } from '../../src/core/json-fields.ts';
import type { AppKey } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { parseBody } from '../../src/core/webhook/parse-body.ts';
import { type Envelope, readEnvelope } from '../../src/core/webhook/read-envelope.ts';
import type { Log } from '../../src/platform/log.ts';
import { isBodyMangled, rawBodyCandidates } from '../../src/platform/raw-body-candidates.ts';
import type { ReceiverSettings, WebhookTenant } from '../../src/platform/settings/receiver-settings.ts';
import { authenticate } from './authenticate.ts';

/** Qlik's events are a few kB; what is larger is refused before anything else is done with it. */
export const LARGEST_BODY_BYTES = 256 * 1024;

const NOT_AUTHORIZED = 'Not authorised.';
const WHY_REFUSED = {
  'no-credential': 'there is neither a qlik-signature nor an x-api-key header; has the webhook a secret?',
  'wrong-signature':
    'the signature is not that of this body with a secret of ours; is the webhook’s secret the same as WEBHOOK_SECRET?',
  'no-secret':
    'it has a signature, but no tenant has a secret to check it with, and no x-api-key header; is WEBHOOK_SECRET set?',
  'wrong-api-key': 'the x-api-key header is not a key of ours, or the tenant has a secret and so needs a signature',
} as const;

/** A web request as a raw web action gets it. */
export interface WebhookRequest {
  readonly contentType?: string;
  readonly signature?: string;
  readonly apiKey?: string;
  /** `__ow_body`: base64 or text, as the host saw fit. */
  readonly owBody: string;
}

/** What the receiver needs from the world. */
export interface ReceiverPorts {
  readonly settings: ReceiverSettings;
  /** Every app that is an upstream or a target of a link. */
  readonly isInAChain: (app: AppKey) => boolean;
  readonly receivedAt: EpochMs;
  readonly activationId: string;
  readonly log: Log;
}

/** A body whose sender proved that it is a tenant of ours. */
export interface Authentic {
  readonly tenant: WebhookTenant;
  readonly body: Buffer;
}

/**
 * Decides who sent a request: size first, then the credential.
 *
 * @throws CascadeError BODY_TOO_LARGE, UNAUTHORIZED (one text, whatever was wrong: the log says what).
 */
export function authentic(request: WebhookRequest, ports: ReceiverPorts): Authentic {
  const candidates = rawBodyCandidates(request.contentType, request.owBody);
  const bodyBytes = candidates[0]?.length ?? 0;
  if (bodyBytes > LARGEST_BODY_BYTES) {
    throw new CascadeError(
      'BODY_TOO_LARGE',
      `The body has ${bodyBytes} bytes; at most ${LARGEST_BODY_BYTES} are taken.`,
    );
  }
  return authenticated(candidates, request, ports);
}

/** What an authentic body says, before it is known whether that is an event. */
export interface Read {
  readonly json: unknown;
  readonly envelope: Partial<Envelope>;
}

/**
 * Reads an authentic body's envelope.
 *
 * @throws CascadeError EVENT_MALFORMED if it is no JSON, UNAUTHORIZED if it names another tenant id than its sender's.
 */
export function readBody({ tenant, body }: Authentic, { log }: Pick<ReceiverPorts, 'log'>): Read {
  const json = parseJson(body);
  const envelope: Partial<Envelope> = isJsonObject(json) ? readEnvelope(json) : {};
  refuseOtherTenant(envelope.tenantIds ?? [], tenant, log);
  return { json, envelope };
}

function authenticated(candidates: readonly Buffer[], request: WebhookRequest, { settings, log }: ReceiverPorts) {
  const verdict = authenticate(candidates, request, settings.tenants);
  if (verdict.kind === 'verified') return verdict;
  const why = isBodyMangled(request.owBody)
    ? `the body came as ${request.contentType}, and the host passed it as text and lost bytes that are not UTF-8: its signature cannot be checked`
    : WHY_REFUSED[verdict.why];
  log.warn(`A webhook was refused: ${why}`);
  throw new CascadeError('UNAUTHORIZED', NOT_AUTHORIZED);
}

function refuseOtherTenant(tenantIds: readonly unknown[], tenant: WebhookTenant, log: Log): void {
  if (tenant.id === undefined || tenantIds.every((id) => id === tenant.id)) return;
  log.warn(
    `A webhook was refused: its credential is that of tenant "${tenant.name}", but its body names another tenant id`,
  );
  throw new CascadeError('UNAUTHORIZED', NOT_AUTHORIZED);
}

function parseJson(body: Buffer): unknown {
  try {
    return parseBody(body.toString('utf8'));
  } catch (cause) {
    throw new CascadeError('EVENT_MALFORMED', 'The body is authentic, but no reload event: it is no JSON.', { cause });
  }
}
