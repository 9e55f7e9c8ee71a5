// Stacked bars over time. Fetched on demand: the library behind it is larger than most screens.

import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

export interface ChartSeries {
  readonly name: string;
  /** Name of a colour token, such as `--bad`. */
  readonly colour: string;
  readonly values: readonly number[];
}

export interface ChartColumn {
  /** Below the axis, where there is room. */
  readonly label: string;
  readonly full: string;
}

export interface ChartView {
  /** Draws anew, with the colours as they are now. */
  draw(columns: readonly ChartColumn[], series: readonly ChartSeries[]): void;
  destroy(): void;
}

export function openChart(canvas: HTMLCanvasElement, pick: (column: number, series: number) => void): ChartView {
  const format = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
  let shown: readonly ChartColumn[] = [];
  const chart = new Chart<'bar', number[], string>(canvas, {
    type: 'bar',
    data: { labels: [], datasets: [] },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      onClick(event, _, { scales }) {
        const hit = chart.getElementsAtEventForMode(
          event as unknown as Event,
          'nearest',
          { intersect: true },
          false,
        )[0];
        if (hit !== undefined && scales['x'] !== undefined) pick(hit.index, hit.datasetIndex);
      },
      onHover(event) {
        const hits = chart.getElementsAtEventForMode(event as unknown as Event, 'nearest', { intersect: true }, false);
        canvas.style.cursor = hits.length > 0 ? 'pointer' : 'default';
      },
      plugins: { tooltip: { callbacks: { title: ([item]) => shown[item?.dataIndex ?? -1]?.full ?? '' } } },
      scales: {
        x: {
          stacked: true,
          border: { display: false },
          grid: { display: false },
          ticks: { maxRotation: 0, autoSkipPadding: 16 },
          // A day of several columns is named once, at its first; what is left of a day at the edge has no room for a name.
          afterBuildTicks(axis) {
            const begins = (at: number): boolean => at > 0 && shown[at]?.label !== shown[at - 1]?.label;
            const named = axis.ticks.filter(({ value }) => begins(value));
            if (named.length < shown.length - 1) axis.ticks = named;
          },
        },
        y: {
          stacked: true,
          beginAtZero: true,
          border: { display: false },
          ticks: { precision: 0, maxTicksLimit: 5, callback: (value) => format.format(Number(value)) },
        },
      },
    },
  });
  return {
    draw(columns, series) {
      const styles = getComputedStyle(canvas);
      const token = (name: string): string => styles.getPropertyValue(name).trim();
      shown = columns;
      chart.data.labels = columns.map(({ label }) => label);
      chart.data.datasets = series.map(({ name, colour, values }) => ({
        label: name,
        data: [...values],
        backgroundColor: token(colour),
        borderColor: token('--surface'),
        borderWidth: { top: 1 },
        borderRadius: 2,
        maxBarThickness: 28,
      }));
      const { scales, plugins } = chart.options;
      for (const scale of [scales?.['x'], scales?.['y']])
        if (scale?.ticks !== undefined) {
          scale.ticks.color = token('--text-faint');
          scale.ticks.font = { family: styles.fontFamily, size: 11 };
        }
      const y = scales?.['y'];
      if (y?.grid !== undefined) y.grid.color = token('--line');
      if (plugins?.tooltip !== undefined) {
        plugins.tooltip.backgroundColor = token('--text');
        plugins.tooltip.titleColor = plugins.tooltip.bodyColor = token('--surface');
        plugins.tooltip.titleFont = plugins.tooltip.bodyFont = { family: styles.fontFamily, size: 12 };
      }
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}
