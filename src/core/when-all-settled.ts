/**
 * Waits until all promises are settled, even if one fails, and returns their values. An action uses it instead of
 * `Promise.all`, so that none of these requests is still open when the action returns. OpenWhisk then freezes the
 * action's process, and the request could go on hours later.
 *
 * @throws the error of the first promise, in the list's order, that failed.
 */
export async function whenAllSettled<const T extends readonly unknown[]>(
  promises: {
    readonly [index in keyof T]: Promise<T[index]>;
  },
): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}
