const [WIDTH, HEIGHT] = [120, 32];

/** The last value, and how it came about. */
export function MetricCard({ title, unit = "", values }: { title: string; unit?: string; values: number[] }) {
  const last = values.at(-1);
  return (
    <div className="card">
      <h2>{title}</h2>
      <p className="value">{last === undefined ? "–" : `${last.toLocaleString()} ${unit}`}</p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <polyline points={points(values)} />
      </svg>
    </div>
  );
}

function points(values: number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (index: number) => (index / Math.max(values.length - 1, 1)) * WIDTH;
  const y = (value: number) => HEIGHT - 2 - ((value - least) / (most - least || 1)) * (HEIGHT - 4);
  return values.map((value, index) => `${x(index)},${y(value)}`).join(" ");
}
