/**
 * Counts and measures what the gateway itself does, until a scraper reads it.
 *
 * An observation costs one look into a `Map`; who observes the same labels often
 * may keep the child. However many label values there are, a metric holds no
 * more than its limit: what is beyond that is counted together, with the value
 * `other` for each label.
 *
 * @module
 */

import {
  formatBound,
  formatLabel,
  formatLabels,
  type MetricDescription,
  type MetricFamily,
  type MetricType,
  type WriteSample,
} from "./exposition.ts";

/** Most children of a metric, unless it says otherwise. */
export const MAX_CHILDREN = 20_000;

/** The value of every label of what is beyond the limit. */
export const OVERFLOW_LABEL = "other";

/** Children between two chances to send what they wrote. */
const CHILDREN_BETWEEN_YIELDS = 100;

/** What a metric is, and its limit. */
export interface MetricOptions extends Omit<MetricDescription, "type"> {
  /** Most children. Default: {@linkcode MAX_CHILDREN}. */
  readonly maxChildren?: number;
}

/** What is known for one set of label values. */
interface Labelled<Child> {
  readonly values: readonly string[];
  /** The labels as text. */
  readonly labels: string;
  readonly child: Child;
}

/** A metric that has a child for each set of label values that was seen. */
export abstract class Metric<Child> implements MetricFamily {
  /** As in {@linkcode MetricDescription}. */
  readonly name: string;
  /** As in {@linkcode MetricDescription}. */
  readonly type: MetricType;
  /** As in {@linkcode MetricDescription}. */
  readonly help: string;
  /** As in {@linkcode MetricDescription}. */
  readonly unit?: string;
  /** As in {@linkcode MetricDescription}. */
  readonly labels: readonly string[];
  readonly #maxChildren: number;
  readonly #makeChild: () => Child;
  readonly #children = new Map<string, Labelled<Child>>();

  /**
   * Makes a metric without children; one without labels has its child at once,
   * so that it counts from 0.
   *
   * @param type Its type.
   * @param options What it is.
   * @param makeChild Makes a child that has seen nothing.
   */
  constructor(
    type: MetricType,
    options: MetricOptions,
    makeChild: () => Child,
  ) {
    const { name, help, unit, labels, maxChildren = MAX_CHILDREN } = options;
    this.name = name;
    this.type = type;
    this.help = help;
    if (unit !== undefined) this.unit = unit;
    this.labels = labels;
    this.#maxChildren = maxChildren;
    this.#makeChild = makeChild;
    if (labels.length === 0) this.child();
  }

  /** How many children there are. */
  get size(): number {
    return this.#children.size;
  }

  /**
   * Finds or makes the child of some label values.
   *
   * @param values One for each label, in their order; without NUL.
   * @returns The child; beyond the limit, that of all the others.
   * @throws {TypeError} If these are not as many as there are labels.
   */
  child(...values: string[]): Child {
    const known = this.#children.get(toKey(values));
    if (known !== undefined) return known.child;
    if (values.length !== this.labels.length) {
      throw new TypeError(
        `${this.name} has the labels ${this.labels}, not ${values.length}`,
      );
    }
    const others = this.labels.map(() => OVERFLOW_LABEL);
    const overflow = this.#children.get(toKey(others));
    const size = this.#children.size - (overflow === undefined ? 0 : 1);
    if (size < this.#maxChildren) return this.#add(values);
    return overflow?.child ?? this.#add(others);
  }

  #add(values: readonly string[]): Child {
    const child = this.#makeChild();
    const labels = formatLabels(this.labels, values);
    this.#children.set(toKey(values), { values, labels, child });
    return child;
  }

  /**
   * Forgets children. Who holds one counts into nowhere from then on.
   *
   * @param isGone Takes the label values of one; true to forget it.
   */
  removeChildren(isGone: (values: readonly string[]) => boolean): void {
    for (const [key, { values }] of this.#children) {
      const isOverflow = values.every((value) => value === OVERFLOW_LABEL);
      if (!isOverflow && isGone(values)) this.#children.delete(key);
    }
  }

  /** As in {@linkcode MetricFamily}. */
  *writeSamples(write: WriteSample): Generator<void, void, undefined> {
    let written = 0;
    // A copy: a child that is forgotten and made anew between two yields would
    // be written twice.
    for (const { labels, child } of [...this.#children.values()]) {
      this.writeChild(child, labels, write);
      if (++written % CHILDREN_BETWEEN_YIELDS === 0) yield;
    }
  }

  /**
   * Writes the samples of a child.
   *
   * @param child The child.
   * @param labels Its labels as text.
   * @param write Writes one sample.
   */
  protected abstract writeChild(
    child: Child,
    labels: string,
    write: WriteSample,
  ): void;
}

function toKey(values: readonly string[]): string {
  return values.length === 1 ? values[0] ?? "" : values.join("\0");
}

/** The count for one set of label values. */
export class Count {
  #value = 0;

  /** What was counted. */
  get value(): number {
    return this.#value;
  }

  /**
   * Counts.
   *
   * @param amount How much. Default: 1.
   * @throws {RangeError} If it is negative, or no finite number.
   */
  add(amount: number = 1): void {
    this.#value += checkAmount(amount);
  }
}

/** Counts events. */
export class Counter extends Metric<Count> {
  /**
   * Makes a counter.
   *
   * @param options What it is; the name is without `_total`.
   */
  constructor(options: MetricOptions) {
    super("counter", options, () => new Count());
  }

  /** As in {@linkcode Metric}. */
  protected override writeChild(
    { value }: Count,
    labels: string,
    write: WriteSample,
  ): void {
    write(labels, value);
  }
}

/** How values are distributed, for one set of label values. */
export class Distribution {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /**
   * Makes one that has seen nothing.
   *
   * @param bounds Upper bounds of the buckets, ascending, the last infinite.
   */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  /** How many values are in each bucket, without those of smaller ones. */
  get counts(): readonly number[] {
    return this.#counts;
  }

  /** The sum of all values. */
  get sum(): number {
    return this.#sum;
  }

  /**
   * Takes a value.
   *
   * @param value The value.
   * @throws {RangeError} If it is negative, or no finite number.
   */
  observe(value: number): void {
    this.#sum += checkAmount(value);
    let at = 0;
    while (value > (this.#bounds[at] ?? Infinity)) at++;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }
}

/** Measures how values are distributed over buckets. */
export class Histogram extends Metric<Distribution> {
  /** The label `le` of each bucket. */
  readonly #bucketLabels: readonly string[];

  /**
   * Makes a histogram.
   *
   * @param options What it is.
   * @param bounds Upper bounds of the buckets, ascending, without infinity.
   */
  constructor(options: MetricOptions, bounds: readonly number[]) {
    const all = [...bounds, Infinity];
    super("histogram", options, () => new Distribution(all));
    this.#bucketLabels = all.map((bound) =>
      formatLabel("le", formatBound(bound))
    );
  }

  /** As in {@linkcode Metric}. */
  protected override writeChild(
    { counts, sum }: Distribution,
    labels: string,
    write: WriteSample,
  ): void {
    const prefix = labels === "" ? "" : `${labels},`;
    let total = 0;
    for (const [position, bucketLabel] of this.#bucketLabels.entries()) {
      total += counts[position] ?? 0;
      write(prefix + bucketLabel, total, "_bucket");
    }
    write(labels, sum, "_sum");
    write(labels, total, "_count");
  }
}

function checkAmount(amount: number): number {
  if (amount >= 0 && amount < Infinity) return amount;
  throw new RangeError(`A metric counts from 0 upwards, not ${amount}`);
}

/** One value that somebody else keeps, and that is read when it is scraped. */
export class Reading implements MetricFamily {
  /** As in {@linkcode MetricDescription}. */
  readonly name: string;
  /** As in {@linkcode MetricDescription}. */
  readonly type: MetricType;
  /** As in {@linkcode MetricDescription}. */
  readonly help: string;
  /** As in {@linkcode MetricDescription}. */
  readonly unit?: string;
  /** As in {@linkcode MetricDescription}. */
  readonly labels: readonly string[];
  readonly #labels: string;
  readonly #read: () => number | undefined;

  /**
   * Reads nothing yet.
   *
   * @param description What it is: a counter, a gauge or an info.
   * @param read Reads the value; `undefined` if there is none now.
   * @param values The value of each label, in their order.
   */
  constructor(
    description: MetricDescription,
    read: () => number | undefined,
    values: readonly string[] = [],
  ) {
    const { name, type, help, unit, labels } = description;
    this.name = name;
    this.type = type;
    this.help = help;
    if (unit !== undefined) this.unit = unit;
    this.labels = labels;
    this.#labels = formatLabels(labels, values);
    this.#read = read;
  }

  /** As in {@linkcode MetricFamily}. */
  *writeSamples(write: WriteSample): Generator<void, void, undefined> {
    const value = this.#read();
    if (value !== undefined) yield write(this.#labels, value);
  }
}
