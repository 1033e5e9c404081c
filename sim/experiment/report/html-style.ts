/** Light and dark as the reader has it; narrow pictures on narrow pages; wide and light on paper. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de; --shade: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171c; --ink: #e6e9ee; --quiet: #9aa4b2; --line: #343b45; --shade: #1c2128; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem 1.25rem 4rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
p, li { max-width: 46rem; overflow-wrap: anywhere; }
header p { white-space: pre-line; }
.subtitle, figcaption, caption, small { color: var(--quiet); }
.subtitle { margin-top: 0; }
ul { padding-left: 1.25rem; }
figure { margin: 1.25rem 0; }
figcaption { max-width: 46rem; font-size: 0.875rem; margin-top: 0.5rem; }
svg { display: block; }
svg text { white-space: pre; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
.narrow { display: none; }
table { border-collapse: collapse; font-size: 0.875rem; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 0.25rem; }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { vertical-align: bottom; color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 600; min-width: 9rem; max-width: 20rem; overflow-wrap: anywhere; }
tbody td { max-width: 44rem; overflow-wrap: break-word; }
table.pairs td { overflow-wrap: anywhere; }
th.number, td.number { text-align: right; }
td.number { white-space: nowrap; }
table.images th, table.images td { border: 0; padding: 0.4rem 0.9rem 0.4rem 0; }
table.images tbody th { min-width: 9.5rem; max-width: 11rem; font-weight: 600; }
table.images small { display: block; font-weight: 400; margin: 0.15rem 0 0.4rem; }
img { display: inline-block; image-rendering: pixelated; border: 1px solid var(--line); }
pre { overflow-x: auto; background: var(--shade); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem; }
@media (max-width: 47rem) {
  body { padding: 1rem 0.5rem 3rem; }
  .wide { display: none; }
  .narrow { display: block; }
  h1 { font-size: 1.4rem; }
}
@media print {
  :root { --ground: #fff; --ink: #000; --quiet: #444; --line: #bbb; --shade: #f6f8fa; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  .wide { display: block; }
  .narrow { display: none; }
  .scroll { overflow: visible; }
  svg { max-width: 100%; height: auto; }
  figure, tr, img, pre { break-inside: avoid; }
  h2 { break-after: avoid; }
  pre { white-space: pre-wrap; }
  td.number { white-space: normal; }
}
`;
