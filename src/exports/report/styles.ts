// Styles of the HTML report. No fonts and images from elsewhere; colours hold a contrast of 4.5 and more.

export const styles = `
:root { --ink: #1a2130; --soft: #566072; --line: #d9dee6; --fill: #f5f7fa; --bar: #2f6db5; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 28px 64px; }
header { border-bottom: 3px solid var(--ink); padding-bottom: 14px; margin-bottom: 8px; }
.brand { margin: 0; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; font-size: 12px; color: var(--soft); }
h1 { margin: 2px 0 8px; font-size: 28px; line-height: 1.2; }
h2 { margin: 36px 0 12px; font-size: 18px; break-after: avoid; }
.subtitle { margin: 0; color: var(--soft); font-size: 13px; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 10px; margin: 0 0 18px; }
.figures div { background: var(--fill); border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; break-inside: avoid; }
dt { font-size: 12px; color: var(--soft); }
dd { margin: 2px 0 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.proof { padding: 12px 14px; border-left: 5px solid #8a93a3; background: var(--fill); font-weight: 600; margin: 0 0 10px; }
.proof.proven { border-color: #1f7a4d; background: #eef8f2; }
.proof.damaged { border-color: #b3261e; background: #fdf0ef; }
figure { margin: 0 0 16px; break-inside: avoid; }
figcaption { font-size: 13px; color: var(--soft); margin-bottom: 4px; }
svg.days { width: 100%; height: auto; display: block; }
svg rect { fill: var(--bar); }
svg line { stroke: var(--line); }
svg line.base { stroke: var(--soft); }
svg text { font-size: 10px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg.bar { width: 100%; height: 8px; display: block; border-radius: 2px; }
svg rect.track { fill: #e9edf2; }
table { width: 100%; border-collapse: collapse; font-size: 13px; margin: 0 0 8px; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 12px; border-bottom: 2px solid var(--line); padding: 6px 10px 6px 0; vertical-align: bottom; }
td { border-bottom: 1px solid var(--line); padding: 6px 10px 6px 0; vertical-align: top; overflow-wrap: anywhere; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.number + th, td.number + td { padding-left: 12px; }
.denied { color: #a3211a; font-weight: 600; }
td.share { width: 22%; vertical-align: middle; padding-right: 0; border-bottom: 1px solid var(--line); }
thead th.number + th, td.number + td { padding-left: 12px; }
.denied { color: #a3211a; font-weight: 600; }
td.share { border-bottom-width: 2px; }
code { font: 12px/1.45 ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
.facts th { width: 300px; font-weight: 400; font-size: 13px; border-bottom: 1px solid var(--line); }
.facts td { font-variant-numeric: tabular-nums; }
.wide { table-layout: fixed; font-size: 12px; }
.wide th:nth-child(1) { width: 9%; } .wide th:nth-child(2) { width: 9%; } .wide th:nth-child(3) { width: 10%; } .wide th:nth-child(4) { width: 7%; }
.wide th:nth-child(5) { width: 13%; } .wide th:nth-child(6) { width: 22%; } .wide th:nth-child(7) { width: 19%; }
.wide code { font-size: 11px; }
@page { margin: 16mm 14mm; }
@media print { body { font-size: 11pt; } main { max-width: none; padding: 0; } h2 { margin-top: 22px; } .proof, .figures div, svg rect { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
`;
