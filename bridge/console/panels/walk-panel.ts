import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatFixed } from '../display/format.js';
import { SHOWN, type WalkTrace } from '../display/walk-trace.js';
import { element, setText } from './element.js';
import { colour, onThemeChange } from './theme.js';

const HEIGHT = 150;

/** Speed and distance of the last minute, with a line where something was done. */
export class WalkPanel {
  private readonly trace: WalkTrace;
  private charts: uPlot[] = [];

  constructor(trace: WalkTrace) {
    this.trace = trace;
    this.build();
    onThemeChange(() => this.build());
    new ResizeObserver(() => {
      for (const chart of this.charts) chart.setSize({ width: holder(chart).clientWidth, height: HEIGHT });
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
      this.chart(element('speed-chart', HTMLElement), 'speed, m/s'),
      this.chart(element('distance-chart', HTMLElement), 'distance, m'),
    ];
    this.update();
  }

  private chart(parent: HTMLElement, label: string): uPlot {
    const ink = colour('--quiet');
    const rule = { stroke: colour('--rule'), width: 1 };
    const axis = { stroke: ink, grid: rule, ticks: rule };
    return new uPlot(
      {
        width: Math.max(parent.clientWidth, 200),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, range: [-SHOWN, 0] } },
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
      ctx.textAlign = left ? 'right' : 'left';
      ctx.fillText(text, x + (left ? -4 : 4), bbox.top + (12 + 13 * (index % 4)) * devicePixelRatio);
    });
    ctx.restore();
  }
}

function holder(chart: uPlot): HTMLElement {
  return chart.root.parentElement ?? chart.root;
}
