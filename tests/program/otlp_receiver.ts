/**
 * A receiver of OpenTelemetry on loopback: takes in what a program sends as a
 * collector would, by OTLP as JSON over HTTP.
 *
 * @module
 */

/** How long a test waits for what must come. */
const PATIENCE_MS = 120_000;

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A span as it is sent. */
export interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly links: readonly { readonly traceId: string; spanId: string }[];
  readonly status: { readonly code: number };
}

interface OtlpPoint {
  readonly attributes: readonly Attribute[];
  readonly asDouble?: number;
  readonly asInt?: number;
  readonly count?: number | string;
  readonly sum?: number;
  readonly explicitBounds?: readonly number[];
}

interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly gauge?: { readonly dataPoints: readonly OtlpPoint[] };
  readonly histogram?: { readonly dataPoints: readonly OtlpPoint[] };
}

interface OtlpBody {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly OtlpMetric[];
    }[];
  }[];
}

/** Takes in OTLP as JSON over HTTP. */
export class OtlpReceiver implements AsyncDisposable {
  /** Everything that came, as text. */
  text = "";
  /** The paths that it was sent to. */
  readonly paths = new Set<string>();
  /** All spans, in the order in which they ended. */
  readonly spans: OtlpSpan[] = [];
  /** The newest state of each metric. */
  readonly metrics = new Map<string, OtlpMetric>();
  readonly #watchers = new Set<() => void>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        // A program that is ended while it sends has no more to say.
        const text = await request.text().catch(() => "{}");
        this.#take(new URL(request.url).pathname, text);
        return Response.json({});
      },
    );
  }

  /** The environment of a program that sends everything here, and soon. */
  get env(): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_PROPAGATORS: "tracecontext",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_BLRP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "50",
    };
  }

  #take(path: string, text: string): void {
    this.text += text;
    this.paths.add(path);
    const body: OtlpBody = JSON.parse(text);
    for (const { scopeSpans } of body.resourceSpans ?? []) {
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
    }
    for (const { scopeMetrics } of body.resourceMetrics ?? []) {
      for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
        this.metrics.set(metric.name, metric);
      }
    }
    for (const check of this.#watchers) check();
  }

  /** Waits until something came that a test looks for. */
  async waitFor<Found>(what: string, find: () => Found | undefined) {
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    const check = () => {
      const found = find();
      if (found !== undefined) resolve(found);
    };
    const names = () => this.spans.map(({ name }) => name);
    const timer = setTimeout(
      () => reject(new Error(`There came no ${what}, only spans ${names()}`)),
      PATIENCE_MS,
    );
    this.#watchers.add(check);
    check();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(check);
    }
  }

  /** Waits for a span of a name, and of a trace where one is given. */
  waitForSpan(name: string, traceId?: string): Promise<OtlpSpan> {
    return this.waitFor(
      `span "${name}"`,
      () =>
        this.spans.find((span) =>
          span.name === name && (traceId ?? span.traceId) === span.traceId
        ),
    );
  }

  /** Waits until a count or gauge has a value for some attributes. */
  async waitForValue(
    name: string,
    value: number,
    attributes: Record<string, unknown> = {},
  ): Promise<void> {
    await this.waitFor(`${name} ${value}`, () => {
      const metric = this.metrics.get(name);
      return [metric?.sum, metric?.gauge].flatMap((each) =>
        each?.dataPoints ?? []
      ).find((point) =>
        Number(point.asDouble ?? point.asInt) === value &&
        isSame(readAttributes(point), attributes)
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** The attributes of a span or of a point; integers are text. */
export function readAttributes(
  { attributes }: { readonly attributes: readonly Attribute[] },
): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, readValue(value)]),
  );
}

/** Whether two sets of attributes are the same, in any order. */
export function isSame(
  one: Record<string, unknown>,
  other: Record<string, unknown>,
): boolean {
  const toText = (each: Record<string, unknown>) =>
    JSON.stringify(Object.entries(each).sort());
  return toText(one) === toText(other);
}

/** 64-bit integers are text in the JSON of some versions, numbers in others. */
function readValue(value: Attribute["value"]): unknown {
  const [read] = Object.values(value);
  return typeof read === "number" ? String(read) : read;
}
