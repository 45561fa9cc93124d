/**
 * What all of them give, once every one is over, also if one fails: nobody returns with a request in flight, which a
 * frozen container would send hours later.
 *
 * @throws what the first one threw.
 */
export async function whenAllSettled<const T extends readonly unknown[]>(
  promises: {
    readonly [index in keyof T]: Promise<T[index]>;
  },
): Promise<T> {
  await Promise.allSettled(promises);
  return (await Promise.all(promises)) as unknown as T;
}
