/** Runs `crashEverywhere`, and prints the bad points and a line of JSON. It exits with 1 if there is a bad point. */
import { crashEverywhere } from './crash-points.ts';

const report = await crashEverywhere();
for (const { effect, why } of report.bad.slice(0, 10)) console.error(`After effect ${effect}: ${why}`);
console.log(JSON.stringify({ points: report.points, tried: report.tried, bad: report.bad.length }));
process.exitCode = report.bad.length === 0 ? 0 : 1;
