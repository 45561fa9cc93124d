/**
 * What all of them give, once every one is over, also where one fails: nobody returns with a request in flight, which a
 * frozen container would send hours later.
 *
 * @throws what the first one threw.
 */
export async function whenAllSettled<T>(promises: readonly Promise<T>[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}
