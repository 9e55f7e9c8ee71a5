// Export: records a second in each format, and the memory of a log that does not fit into it. node test/bench/exports.ts

import { exportFormats, fileFormat, formatted } from '../../src/exports/format.ts';
import { reportTotals } from '../../src/exports/report/totals.ts';
import { asMasked } from '../../src/base/text.ts';
import { exchangeRecord, exported, origin } from '../exports/records.ts';

const COUNT = 100_000;
const text = asMasked('What the model said, masked. '.repeat(70));

function* records() {
  for (let i = 0; i < COUNT; i++) {
    const channels = [{ channel: asMasked('0.text'), text, offsets: [0], times: [1] }];
    yield exported(exchangeRecord({ id: `x${i}`, channels, verdicts: [] }));
  }
}

console.log(`${COUNT} exchanges, ${text.length} characters of answer each`);
for (const format of exportFormats) {
  const began = performance.now();
  let characters = 0;
  let highest = 0;
  for await (const piece of formatted(records(), fileFormat(format, origin))) {
    characters += piece.length;
    highest = Math.max(highest, process.memoryUsage.rss());
  }
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `${format.padEnd(6)} ${Math.round(COUNT / seconds)
      .toLocaleString('en-US')
      .padStart(
        8,
      )} records/s, ${Math.round(characters / seconds / 1e6)} MB/s, ${Math.round(highest / 1e6)} MB of memory`,
  );
}
const began = performance.now();
const totals = reportTotals();
for (const record of records()) totals.add(record);
console.log(
  `report ${Math.round((COUNT / (performance.now() - began)) * 1_000)
    .toLocaleString('en-US')
    .padStart(8)} records/s`,
);
