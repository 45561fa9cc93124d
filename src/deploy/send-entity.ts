import { CascadeError } from '../core/cascade-error.ts';

/** @throws CascadeError DEPLOY_FAILED, naming the entity, for what the host refuses. */
export async function sendEntity(
  kind: 'package' | 'action' | 'trigger' | 'rule',
  name: string,
  call: () => Promise<unknown>,
): Promise<void> {
  try {
    await call();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CascadeError('DEPLOY_FAILED', `OpenWhisk did not take the ${kind} ${name}: ${why}`, { cause });
  }
}
