/*
 * The receiver gets the webhooks from Qlik. This file checks who sent a request, and reads its body. Anybody can post
 * to the receiver's address, so the body is not parsed before the sender has proved which tenant it is.
 */

import { CascadeError } from '../../src/core/cascade-error.ts';
import { isJsonObject } from '../../src/core/json-fields.ts';
import type { AppKey } from '../../src/core/names.ts';
import type { EpochMs } from '../../src/core/units.ts';
import { type Envelope, parseBody, readEnvelope } from '../../src/core/webhook/read-envelope.ts';
import type { Log } from '../../src/platform/log.ts';
import { isBodyMangled, rawBodyCandidates } from '../../src/platform/raw-body-candidates.ts';
import type { ReceiverSettings, WebhookTenant } from '../../src/platform/settings/receiver-settings.ts';
import { authenticate } from './authenticate.ts';

/** The largest body that the receiver takes, in bytes. Qlik's events have a few kB. */
export const LARGEST_BODY_BYTES = 256 * 1024;

const WHY_REFUSED = {
  'no-credential': 'there is neither a qlik-signature nor an x-api-key header; has the webhook a secret?',
  'wrong-signature':
    'the signature is not that of this body with one of the secrets; is the webhook’s secret the same as WEBHOOK_SECRET?',
  'no-secret':
    'it has a signature, but no tenant has a secret to check it with, and no x-api-key header; is WEBHOOK_SECRET set?',
  'wrong-api-key': 'the x-api-key header is not one of the keys, or the tenant has a secret and so needs a signature',
} as const;

/** A web request, as OpenWhisk passes it to a raw web action. */
export interface WebhookRequest {
  readonly contentType?: string | undefined;
  readonly signature?: string | undefined;
  readonly apiKey?: string | undefined;
  /** `__ow_body`: base64 or text; the host chooses. */
  readonly owBody: string;
}

/** What the receiver needs from the world. */
export interface ReceiverPorts {
  readonly settings: ReceiverSettings;
  /** Whether a chain mentions the app. */
  readonly isInAChain: (app: AppKey) => boolean;
  readonly receivedAt: EpochMs;
  readonly activationId: string;
  readonly log: Log;
}

/** A body, and the tenant that its sender proved to be. */
export interface Authentic {
  readonly tenant: WebhookTenant;
  readonly body: Buffer;
}

/**
 * Finds out which tenant sent a request. It checks the size of the body first, then the credential.
 *
 * @throws CascadeError BODY_TOO_LARGE, UNAUTHORIZED (one text for every reason; the log has the reason).
 */
export function authentic(request: WebhookRequest, { settings, log }: ReceiverPorts): Authentic {
  const candidates = rawBodyCandidates(request.contentType, request.owBody);
  const bodyBytes = candidates[0]?.length ?? 0;
  if (bodyBytes > LARGEST_BODY_BYTES) {
    throw new CascadeError(
      'BODY_TOO_LARGE',
      `The body has ${bodyBytes} bytes; at most ${LARGEST_BODY_BYTES} are taken.`,
    );
  }
  const verdict = authenticate(candidates, request, settings.tenants);
  if (verdict.kind === 'verified') return verdict;
  throw unauthorized(isBodyMangled(request.owBody) ? mangledText(request) : WHY_REFUSED[verdict.why], log);
}

const mangledText = ({ contentType }: WebhookRequest): string =>
  `the body came as ${contentType}, and the host passed it as text and lost bytes that are not UTF-8: its signature cannot be checked`;

/** The answer to every refused sender. Only the log has the reason. */
function unauthorized(why: string, log: Log): CascadeError {
  log.warn(`A webhook was refused: ${why}`);
  return new CascadeError('UNAUTHORIZED', 'Not authorised.');
}

/** An authentic body, parsed. It may still be no reload event. */
export interface Read {
  readonly json: unknown;
  readonly envelope: Partial<Envelope>;
}

/**
 * Parses an authentic body, and reads its envelope: the parts around the event, such as the tenant's id.
 *
 * @throws CascadeError EVENT_MALFORMED if the body is no JSON; UNAUTHORIZED if it names another tenant id than the
 *   settings have for its sender.
 */
export function readBody({ tenant, body }: Authentic, { log }: Pick<ReceiverPorts, 'log'>): Read {
  const json = parseJson(body);
  const envelope: Partial<Envelope> = isJsonObject(json) ? readEnvelope(json) : {};
  const isOtherTenant = tenant.id !== undefined && envelope.tenantIds?.some((id) => id !== tenant.id);
  if (isOtherTenant) {
    throw unauthorized(`its credential is that of tenant "${tenant.name}", but its body names another tenant id`, log);
  }
  return { json, envelope };
}

function parseJson(body: Buffer): unknown {
  try {
    return parseBody(body.toString('utf8'));
  } catch (cause) {
    throw new CascadeError('EVENT_MALFORMED', 'The body is authentic, but it is not a reload event: it is not JSON.', {
      cause,
    });
  }
}
