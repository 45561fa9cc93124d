/**
 * How many failures the headline of a Slack message reports. It is `:red_circle: 37 failed, …` or `:red_circle: Sales
 * failed`.
 */
export function failuresIn(headline: string): number {
  const [, count] = /^:red_circle: (\d+) failed(?:,|$)/.exec(headline) ?? [];
  if (count !== undefined) return Number(count);
  return /^:red_circle: .+ failed$/.test(headline) ? 1 : 0;
}
