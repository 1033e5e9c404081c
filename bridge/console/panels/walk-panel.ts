import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatFixed } from '../display/format.js';
import { SHOWN, type WalkTrace } from '../display/walk-trace.js';
import { element, setText } from './element.js';
import { colour, onThemeChange } from './theme.js';

/** Least range of each axis, so that a robot that stands still is not shown as one that trembles. */
const LEAST_SPEED = 0.5;
const LEAST_DISTANCE = 1;

/** Speed and distance of the last minute, with a line where something was done. */
export class WalkPanel {
  private readonly trace: WalkTrace;
  private charts: uPlot[] = [];

  constructor(trace: WalkTrace) {
    this.trace = trace;
    this.build();
    onThemeChange(() => this.build());
    new ResizeObserver(() => {
      for (const chart of this.charts) chart.setSize(sizeOf(holder(chart)));
    }).observe(element('speed-chart', HTMLElement));
  }

  update(): void {
    const { times, speeds, distances } = this.trace.columns();
    this.charts[0]?.setData([times, speeds]);
    this.charts[1]?.setData([times, distances]);
    const unit = (value: number, unit: string): string => `${formatFixed(value)} ${unit}`;
    setText(element('speed', HTMLElement), unit(this.trace.speed, 'm/s'));
    setText(element('distance', HTMLElement), unit(this.trace.travelled, 'm'));
  }

  private build(): void {
    for (const chart of this.charts) chart.destroy();
    this.charts = [
      this.chart(element('speed-chart', HTMLElement), 'speed, m/s', LEAST_SPEED),
      this.chart(element('distance-chart', HTMLElement), 'distance, m', LEAST_DISTANCE),
    ];
    this.update();
  }

  private chart(parent: HTMLElement, label: string, least: number): uPlot {
    const ink = colour('--quiet');
    const rule = { stroke: colour('--rule'), width: 1 };
    const axis = { stroke: ink, grid: rule, ticks: rule };
    return new uPlot(
      {
        ...sizeOf(parent),
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: [-SHOWN, 0] },
          y: { range: (_, low, high) => uPlot.rangeNum(low, Math.max(high, low + least), 0.1, true) },
        },
        axes: [
          { ...axis, size: 34, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
          { ...axis, label, labelSize: 20, size: 48 },
        ],
        series: [{}, { stroke: colour('--accent'), width: 2 }],
        hooks: { draw: [(chart) => this.drawMarkers(chart)] },
      },
      [[], []],
      parent,
    );
  }

  private drawMarkers(chart: uPlot): void {
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour('--short');
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    this.trace.markers.forEach(({ time, text }, index) => {
      const x = Math.round(chart.valToPos(time - this.trace.now, 'x', true));
      if (x < bbox.left) return;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      if (chart !== this.charts[0]) return;
      // Texts of neighbours stand below each other, and left of the line where there is no room to its right.
      const room = bbox.left + bbox.width - x;
      const left = ctx.measureText(text).width + 4 > room;
      const width = ctx.measureText(text).width + 4 * devicePixelRatio;
      const [at, baseline] = [left ? x - width : x, bbox.top + (12 + 14 * (index % 4)) * devicePixelRatio];
      // Readable over the trace.
      ctx.fillStyle = colour('--card');
      ctx.globalAlpha = 0.8;
      ctx.fillRect(at, baseline - 11 * devicePixelRatio, width, 14 * devicePixelRatio);
      ctx.globalAlpha = 1;
      ctx.fillStyle = ctx.strokeStyle;
      ctx.fillText(text, at + 2 * devicePixelRatio, baseline);
    });
    ctx.restore();
  }
}

function holder(chart: uPlot): HTMLElement {
  return chart.root.parentElement ?? chart.root;
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: Math.max(clientWidth, 200), height: Math.max(clientHeight, 100) };
}
