import type { WebhookAnswer } from './flows.ts';
import type { Announcement } from './webhooks.ts';

const MALFORMED = 400;

/**
 * What is wrong with a webhook's answer: a 2xx although nothing is stored, or a failure after the event was stored.
 *
 * @param isExpected - whether it reports something that Cascade must keep.
 */
export function checkAnswer(
  { tenant, kind, reloadId, body }: Announcement,
  { status, receiverId, isReceived, isCut }: WebhookAnswer,
  isExpected: boolean,
  isStored: (id: string) => boolean,
  isDeadLetter: (body: string) => boolean,
): string | undefined {
  const what = `the webhook of ${kind} ${reloadId ?? receiverId}`;
  if (isReceived && !isCut && status >= 500) return `${what} was answered ${status}, though the receiver was done`;
  if (kind === 'garbled') {
    if (status === MALFORMED && !isDeadLetter(body)) return `${what} was answered ${status}, and the body is not kept`;
    return status < 300 ? `${what} was answered ${status}` : undefined;
  }
  if (status < 200 || status >= 300 || !isExpected) return undefined;
  const event = `event:${tenant}:${reloadId}`;
  const hint = `hint:${tenant}:${reloadId ?? `x.${receiverId}`}`;
  const isKept = kind === 'final' ? isStored(event) : isStored(hint) || isStored(event);
  return isKept ? undefined : `${what} was answered ${status}, and nothing is stored`;
}
