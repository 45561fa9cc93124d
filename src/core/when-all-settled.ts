/**
 * Waits until all promises are settled, even if one fails, and returns their values. So no request is still open when an
 * action returns: a frozen container would send such a request hours later.
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
