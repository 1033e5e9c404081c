import type { ExperimentResult } from '../../sim/experiment/result.js';
import { summariseCondition } from '../../sim/experiment/result-files.js';

/** A page that leads to the reports of several scenarios, each in the folder of its name. */
export function indexPage(
  results: readonly { readonly name: string; readonly result: ExperimentResult }[],
): string {
  const rows = results.map(({ name, result }) => {
    const { title, paper = '', rollouts } = result.scenario;
    const link = `<a href="${encodeURIComponent(name)}/report.html">${escaped(title)}</a>`;
    const lives = `${result.conditions.length} x ${rollouts}`;
    const first = result.conditions[0];
    const distance = first && summariseCondition(first, result).distance;
    const mean = distance
      ? `${escaped(first.condition.name)}: ${distance.mean.toFixed(0)} &plusmn; ${distance.sd.toFixed(0)}`
      : '';
    return `<tr><td>${link}</td><td>${escaped(paper)}</td><td>${lives}</td><td>${mean}</td></tr>`;
  });
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    '<title>hebbridge experiments</title>',
    '<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}',
    'td,th{padding:.3rem 1rem .3rem 0;text-align:left;vertical-align:top}</style>',
    '<h1>Experiments</h1>',
    '<table>',
    '<tr><th>Scenario</th><th>Paper</th><th>Conditions x lives</th><th>First condition, units</th></tr>',
    ...rows,
    '</table>',
    '</html>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
