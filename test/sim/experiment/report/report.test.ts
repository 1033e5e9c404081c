import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../../sim/experiment/report/index.js';
import { conditionOf, fullResult, life, lives, resultOf } from './a-result.js';
import { all, parse, requireXml } from './svg.js';

const PLAIN = 'the rules';
const HOSTILE = [
  '<script>alert(1)</script>',
  `"><img src=x onerror="alert(1)">`,
  "' onload='alert(1)",
  '</style></title></svg><script src=//evil.example></script>',
  '![x](https://evil.example/a.png) | a | [b](javascript:alert(1))',
  'a & b ]]> <!-- \u0000\u0007 \uFFFF',
];

/** Rows of a table in Markdown, cells trimmed. */
function rowsOf(markdown: string, firstCell: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith(`| ${firstCell} |`))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));
}

describe('a report', () => {
  const full = renderReport(fullResult(PLAIN));

  it('has a section for each part, in the order of the scenario, between verdict and provenance', () => {
    const headings = all(parse(full.html), 'h2').map(({ textContent }) => textContent);
    expect(headings).toEqual([
      'What came out',
      'How far it walks',
      'How much of it is luck',
      'How long it has to learn',
      'How fast it walks, step by step',
      'How soon it walks again',
      'What its weights are',
      'The way of its weights',
      'Which damage it walks with',
      'How it was evolved',
      'How its coefficients are distributed',
      'How sure are we',
      'Where it comes from',
    ]);
    expect([...full.markdown.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(headings);
  });

  it('is the same for the same result', () => {
    expect(renderReport(fullResult(PLAIN))).toEqual(full);
  });

  it('names nothing outside of itself', () => {
    for (const text of [full.html, ...pictureTexts(full.pictures)]) {
      const elsewhere = [...text.matchAll(/(?:\b(?:src|href)=|url\(|@import)\s*["']?([^"')\s>]*)/g)].map(
        ([, to]) => to!,
      );
      expect(elsewhere.filter((to) => !to.startsWith('data:image/png;base64,'))).toEqual([]);
      expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toContain('://');
    }
    expect(full.html).not.toContain('<script');
  });

  it('tells those who do not see it what every picture shows', () => {
    const page = parse(full.html);
    const pictures = [...all(page, 'figure svg'), ...all(page, 'img')];
    expect(pictures.length).toBeGreaterThan(15);
    for (const picture of pictures) {
      expect(picture.getAttribute(picture.tagName.toLowerCase() === 'img' ? 'alt' : 'aria-label')).toMatch(
        /\w{3}/,
      );
    }
  });

  it('has in Markdown every picture that is beside it, and no other', () => {
    const named = [...full.markdown.matchAll(/!\[[^\n]*?\]\(([^)]*)\)/g)].map(([, file]) => file);
    expect(new Set(named)).toEqual(new Set(full.pictures.keys()));
    for (const [file, contents] of full.pictures) {
      if (file.endsWith('.svg')) requireXml(contents as string);
      else expect(decode(contents as Uint8Array).width).toBeGreaterThan(0);
    }
  });

  it('has white behind the pictures that stand alone, and none behind those of the page', () => {
    for (const text of pictureTexts(full.pictures)) expect(text).toContain('height="100%" fill="#fff"');
    expect(full.html).not.toContain('height="100%" fill="#fff"');
  });

  it('holds no number that is none, no warning, and none of endless digits', () => {
    const read = full.html.replaceAll(/base64,[^"]*/g, '');
    expect(read.match(/NaN|Infinity|undefined|\[object|⚠/)).toBeNull();
    expect(read.match(/\d\.\d{7,}/)).toBeNull();
    expect(full.markdown.match(/NaN|Infinity|undefined|\[object|\d\.\d{7,}/)).toBeNull();
  });

  it.each(HOSTILE)('shows the name %j and does not obey it', (name) => {
    const { html, markdown, pictures } = renderReport(fullResult(name));
    const page = parse(html);
    const shown = name.replaceAll(/[\u0000\u0007\uFFFF]/g, '\uFFFD');
    expect(all(page, 'h1')[0]!.textContent).toBe(shown);
    expect(all(page, 'tbody th').map(({ textContent }) => textContent)).toContain(shown);
    expect(all(page, 'script')).toEqual([]);
    expect(all(page, 'img').filter((image) => !image.getAttribute('src')!.startsWith('data:'))).toEqual([]);
    for (const element of all(page, '*')) {
      expect(element.getAttribute('onerror')).toBeNull();
      expect(element.getAttribute('onload')).toBeNull();
    }
    for (const text of pictureTexts(pictures)) requireXml(text);
    // What is indented is code, and not read as Markdown.
    const prose = markdown.replaceAll(/^ {4}.*$/gm, '');
    expect(prose.match(/<(?!br>)/)).toBeNull();
    expect(prose.replaceAll(/\\./g, '').match(/\]\((?!\d+-|weight-colours\.png)/)).toBeNull();
  });
});

function pictureTexts(pictures: ReadonlyMap<string, string | Uint8Array>): string[] {
  return [...pictures.values()].filter((contents) => typeof contents === 'string');
}

describe('the verdict', () => {
  const expected = { source: 'paper', mean: 1000, sd: 100 };
  const distances = { show: 'distances' } as const;

  it('has mean, standard deviation, interval, solved lives and how they lie to what was expected', () => {
    const result = resultOf(
      [
        // Mean 5, sd 2.138, and 2.3646 * sd / sqrt(8) on both sides: a hundred times that.
        conditionOf('below', lives(200, 400, 400, 400, 500, 500, 700, 900), { expected }),
        conditionOf('above', lives(1100, 1110, 1120), { expected }),
        conditionOf('around', lives(900, 1000, 1120), { expected }),
        conditionOf('stands', lives(0, 99.9, 100, 250)),
      ],
      [distances],
    );
    const { markdown } = renderReport(result);
    const cells = (name: string): string[] => rowsOf(markdown, name)[0]!;
    expect(cells('below').slice(1)).toEqual([
      '500 ± 214',
      '\\[321, 679\\]',
      '8.25 m, 0.50 m/s',
      '8 of 8 \\[68 %, 100 %\\]',
      '1,000 ± 100',
      '▼ below',
    ]);
    expect(cells('above').at(-1)).toBe('▲ above');
    expect(cells('around').at(-1)).toBe('● contains it');
    expect(cells('stands').slice(4)).toEqual(['2 of 4 \\[15 %, 85 %\\]', '–', '–']);
    expect(markdown).toContain('contains it in 1, is above it in 1 and below it in 1.');
    expect(markdown).toContain('solved (at least 100 units) in 3 of 4 conditions, no life in 0.');
  });

  it('judges an aim by whether the mean reaches it', () => {
    const aim = { source: 'aim', mean: 1000, at_least: true, solved: true };
    const { markdown } = renderReport(
      resultOf(
        [
          conditionOf('far', lives(1100, 1110, 1120), { expected: aim }),
          conditionOf('barely', lives(900, 1000, 1120), { expected: aim }),
          conditionOf('short', lives(50, 980, 990), { expected: aim }),
          conditionOf('paper', lives(990, 1000, 1120), { expected }),
        ],
        [distances],
      ),
    );
    expect(rowsOf(markdown, 'far')[0]!.slice(-2)).toEqual([
      '≥ 1,000, every life solved (aim)',
      '✓ reached; solved, as expected',
    ]);
    expect(rowsOf(markdown, 'barely')[0]!.at(-1)).toBe('✓ reached (the CI contains it); solved, as expected');
    expect(rowsOf(markdown, 'short')[0]!.at(-1)).toBe(
      '✗ not reached (the CI contains it); not always solved, unlike expected',
    );
    expect(markdown).toContain('Of 3 conditions with an aim, the mean reaches it in 2 and does not in 1.');
    expect(markdown).toContain(
      'Of 1 condition with an expected mean, the 95 % confidence interval contains it in 1',
    );
    expect(markdown).toContain('Of 1 comparison, one in 20');
  });

  it('tells whether conditions are solved as expected, by the mean of their lives', () => {
    const result = resultOf(
      [
        conditionOf('walks', lives(40, 900, 1100), { expected: { ...expected, solved: true } }),
        conditionOf('lies', lives(40, 60, 130), { expected: { ...expected, solved: false } }),
        conditionOf('crawls', lives(110, 120, 130), { expected: { ...expected, solved: false } }),
      ],
      [distances],
    );
    const { markdown } = renderReport(result);
    expect(rowsOf(markdown, 'walks')[0]!.at(-1)).toBe('● contains it; solved, as expected');
    expect(rowsOf(markdown, 'lies')[0]!.at(-1)).toBe('▼ below; not solved, as expected');
    expect(rowsOf(markdown, 'crawls')[0]!.at(-1)).toBe('▼ below; solved, unlike expected');
    expect(markdown).toContain('is as expected in 2 of 3 conditions, but not in “crawls”.');
  });

  it('has the split into what evolution met and what it did not, where the scenario tells it', () => {
    const split = [
      conditionOf('met', lives(500, 510), { seen: true }),
      conditionOf('not met', lives(300, 310), { seen: false }),
      conditionOf('untold', lives(100, 110)),
    ];
    const { markdown } = renderReport(resultOf(split, [distances]));
    expect(rowsOf(markdown, 'Condition')[0]![1]).toBe('Seen in evolution');
    expect(split.map(({ condition }) => rowsOf(markdown, condition.name)[0]![1])).toEqual([
      'seen',
      'unseen',
      '',
    ]);
    expect(renderReport(resultOf(split.slice(2), [distances])).markdown).not.toContain('Seen in evolution');
  });

  it('does not judge by one life', () => {
    const { html, markdown } = renderReport(
      resultOf([conditionOf('once', lives(1200), { expected })], [distances]),
    );
    expect(rowsOf(markdown, 'once')[0]).toEqual([
      'once',
      '1,200',
      '–',
      '19.8 m, 1.20 m/s',
      '1 of 1 \\[21 %, 100 %\\]',
      '1,000 ± 100',
      'no interval',
    ]);
    expect(markdown).toContain('One life tells nothing of the spread');
    expect(html.replaceAll(/base64,[^"]*/g, '').match(/NaN|Infinity/)).toBeNull();
  });

  it('moves the table of many conditions behind the pictures, but for those that are compared', () => {
    const conditions = Array.from({ length: 30 }, (_, k) =>
      conditionOf(`number ${k}`, lives(k, k + 1), k === 7 ? { expected } : {}),
    );
    const { markdown } = renderReport(resultOf(conditions, [distances]));
    const [head, rest] = markdown.split('## How far it walks');
    expect([...head!.matchAll(/^\| number (\d+)/gm)].map(([, k]) => k)).toEqual(['7']);
    expect([...rest!.split('## Every condition')[1]!.matchAll(/^\| number/gm)]).toHaveLength(30);
  });
});

describe('the table of recovery', () => {
  const perturbations = [
    { id: 'p', component: 'outputs', type: 'off', start: 40 * 0.0165, duration: 10 * 0.0165 },
  ] as const;
  const walk = (during: number, after: number) =>
    life(100, {
      speed: Float32Array.from({ length: 100 }, (_, step) => (step < 40 ? 1 : step < 50 ? during : after)),
    });
  const report = (steps: number) =>
    renderReport(
      resultOf(
        [
          conditionOf('nothing happens', [walk(1, 1), walk(1, 1)]),
          conditionOf('outputs off', [walk(0.2, 0.9), walk(0.4, 0.9)], { perturbations }),
          conditionOf('off for good', [walk(0.2, 0.1), walk(0.2, 0.1)], { perturbations }),
        ],
        [
          {
            show: 'recovery',
            conditions: ['outputs off', 'off for good'],
            before: 20,
            undisturbed: 'nothing happens',
            expected: { source: 'paper', steps },
          },
        ],
        { scenario: { steps: 100 } },
      ),
    ).markdown;

  it('has the speed before, during and after', () => {
    expect(rowsOf(report(10), 'outputs off')[1]!.slice(2, 5)).toEqual([
      '1.00 ± 0.00',
      '0.30 ± 0.14',
      '0.90 ± 0.00',
    ]);
  });

  it('tells whether the median is within what was expected, of lives that were disturbed', () => {
    const markdown = report(10);
    const ends = (name: string): string[] => rowsOf(markdown, name).at(-1)!.slice(-2);
    expect(ends('outputs off')).toEqual(['10', '✓ within']);
    expect(ends('off for good')).toEqual(['10', '▲ above']);
    expect(ends('nothing happens')).toEqual(['–', '–']);
    expect(markdown).toContain(
      'The median life recovers within 10 control steps (paper) in 1 of 2 conditions, but not in “off for good”.',
    );
    expect(rowsOf(report(9), 'outputs off').at(-1)!.at(-1)).toBe('▲ above');
  });
});

describe('parts of recovery to different shares of the speed', () => {
  it('say so in their titles', () => {
    const { conditions } = fullResult('a');
    const parts = [{ show: 'recovery' as const }, { show: 'recovery' as const, share: 0.46 }];
    const { markdown } = renderReport(resultOf(conditions, parts, { scenario: { steps: 100 } }));
    expect([...markdown.matchAll(/^## How soon.*$/gm)].map(([title]) => title)).toEqual([
      '## How soon it walks again: to 80 % of its speed',
      '## How soon it walks again: to 46 % of its speed',
    ]);
  });
});

describe('a part without anything to show', () => {
  it('says so', () => {
    const { markdown } = renderReport(
      resultOf(
        [conditionOf('one', [life(5)])],
        [{ show: 'weights', steps: [0] }, { show: 'speed' }, { show: 'components' }],
      ),
    );
    expect(markdown.match(/The lives held nothing to show here\./g)).toHaveLength(3);
  });
});

describe('provenance', () => {
  it('has command, versions, digests, what the rules saw and what they cost', () => {
    const provenance = {
      morphologies: ['intact', 'right_front'],
      generations: 210,
      evolution: {
        population: 96,
        horizon: 1000,
        morphologies: [
          { name: 'intact', rollouts: 1 },
          { name: 'right_front', rollouts: 2 },
        ],
      },
      fitness: 718.9626833420446,
      seed: null,
      mirrorTied: true,
    };
    const bundles = { rules: { file: 'rules.safetensors', tensorsSha256: 'e8fd', provenance } };
    const { markdown } = renderReport(
      resultOf([conditionOf('one', lives(1, 2))], [{ show: 'distances' }], { bundles }),
    );
    const value = (name: string): string | undefined => rowsOf(markdown, name)[0]?.[1];
    expect(markdown).toContain('    hebbridge experiment scenario.yaml --out runs/one');
    expect(value('hebbridge')).toBe('1.2.3');
    expect(value('Scenario (SHA-256)')).toBe('cd34');
    expect(value('SHA-256 of its tensors')).toBe('e8fd');
    expect(value('Evolved on (what was seen)')).toBe('intact, right\\_front');
    expect(value('Generations')).toBe('210');
    expect(value('Fitness')).toBe('718.9627');
    expect(value('Seed of the evolution')).toBe('not known');
    // 210 generations of 96 candidates with 3 lives of 1000 steps
    expect(value('Budget')).toBe('at most 60.5 million control steps; lives that end early cost less');
  });
});
