/** Families of metrics and their text form, as Prometheus reads it. One registry belongs to one server. */
export class MetricRegistry {
  readonly #families = new Map<string, Family>();

  /** Throws when the name is taken. */
  counter(name: string, help: string, labels: readonly string[] = []): Counter {
    return this.#add(name, new Counter(name, help, labels));
  }

  gauge(name: string, help: string, labels: readonly string[] = []): Gauge {
    return this.#add(name, new Gauge(name, help, labels));
  }

  /** A gauge whose values are asked for with each reading. */
  measured(name: string, help: string, { labels = [], type = 'gauge', read }: MeasuredOptions): void {
    this.#add(name, new Measured(name, help, { labels, type, read }));
  }

  /** `buckets`: upper bounds, ascending. */
  histogram(name: string, help: string, { labels = [], buckets }: { readonly labels?: readonly string[]; readonly buckets: readonly number[] }): Histogram {
    return this.#add(name, new Histogram(name, help, { labels, buckets }));
  }

  /** The text format 0.0.4; families without values are left out. */
  async text(): Promise<string> {
    const families = [...this.#families.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const texts = await Promise.all(families.map(async (family) => ({ family, lines: await family.lines() })));
    return texts
      .filter(({ lines }) => lines.length > 0)
      .map(({ family, lines }) => `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n${lines.join('\n')}\n`)
      .join('');
  }

  #add<T extends Family>(name: string, family: T): T {
    if (this.#families.has(name)) throw new Error(`there is a metric ${name} already`);
    this.#families.set(name, family);
    return family;
  }
}

type MetricType = 'counter' | 'gauge' | 'histogram';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  lines(): string[] | Promise<string[]>;
}

/** A value and those of its labels, in the order of the family's. */
export type Reading = readonly [labels: readonly string[], value: number];

export interface MeasuredOptions {
  readonly labels?: readonly string[];
  readonly type?: 'gauge' | 'counter';
  read(): Iterable<Reading> | Promise<Iterable<Reading>>;
}

/** What only grows. */
export class Counter implements Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType = 'counter';
  readonly #labels: readonly string[];
  readonly #series = new Map<string, CounterSeries>();

  constructor(name: string, help: string, labels: readonly string[]) {
    this.name = name;
    this.help = help;
    this.#labels = labels;
  }

  /** The series of these values, in the order of the labels; to be kept by who counts often. */
  of(...values: readonly string[]): CounterSeries {
    const key = values.join('\0');
    const known = this.#series.get(key);
    if (known) return known;
    const series = new CounterSeries(labelText(this.#labels, values));
    this.#series.set(key, series);
    return series;
  }

  lines(): string[] {
    return [...this.#series.values()].map(({ labels, value }) => `${this.name}${labels} ${formatNumber(value)}`);
  }
}

export class CounterSeries {
  readonly labels: string;
  value = 0;
  constructor(labels: string) {
    this.labels = labels;
  }
  add(amount = 1): void {
    this.value += amount;
  }
}

/** What goes up and down. */
export class Gauge extends Counter {
  override readonly type = 'gauge';
}

class Measured implements Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly #options: Required<MeasuredOptions>;

  constructor(name: string, help: string, options: Required<MeasuredOptions>) {
    this.name = name;
    this.help = help;
    this.type = options.type;
    this.#options = options;
  }

  async lines(): Promise<string[]> {
    return [...(await this.#options.read())].map(([values, value]) => `${this.name}${labelText(this.#options.labels, values)} ${formatNumber(value)}`);
  }
}

export class Histogram implements Family {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly #labels: readonly string[];
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, HistogramSeries>();

  constructor(name: string, help: string, { labels, buckets }: { readonly labels: readonly string[]; readonly buckets: readonly number[] }) {
    this.name = name;
    this.help = help;
    this.#labels = labels;
    this.#buckets = buckets;
  }

  of(...values: readonly string[]): HistogramSeries {
    const key = values.join('\0');
    const known = this.#series.get(key);
    if (known) return known;
    const series = new HistogramSeries(values, this.#buckets);
    this.#series.set(key, series);
    return series;
  }

  lines(): string[] {
    return [...this.#series.values()].flatMap((series) => this.#linesOf(series));
  }

  #linesOf({ values, counts, sum, count }: HistogramSeries): string[] {
    const names = [...this.#labels, 'le'];
    const lines: string[] = [];
    let below = 0;
    this.#buckets.forEach((bound, i) => {
      below += counts[i] ?? 0;
      lines.push(`${this.name}_bucket${labelText(names, [...values, formatNumber(bound)])} ${below}`);
    });
    const labels = labelText(this.#labels, values);
    lines.push(`${this.name}_bucket${labelText(names, [...values, '+Inf'])} ${count}`, `${this.name}_sum${labels} ${formatNumber(sum)}`, `${this.name}_count${labels} ${count}`);
    return lines;
  }
}

export class HistogramSeries {
  readonly values: readonly string[];
  readonly counts: number[];
  readonly #buckets: readonly number[];
  sum = 0;
  count = 0;

  constructor(values: readonly string[], buckets: readonly number[]) {
    this.values = values;
    this.#buckets = buckets;
    this.counts = buckets.map(() => 0);
  }

  observe(value: number): void {
    this.sum += value;
    this.count++;
    for (let i = 0; i < this.#buckets.length; i++) {
      if (value <= (this.#buckets[i] ?? Infinity)) {
        this.counts[i] = (this.counts[i] ?? 0) + 1;
        return;
      }
    }
  }
}

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, i) => `${name}="${escaped(values[i] ?? '')}"`).join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return String(value);
}
