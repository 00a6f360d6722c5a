/**
 * OpenTelemetry: what a request, a wait in a rig's queue and a call to a rig
 * took, as spans and metrics, with the exporter that Deno brings along. See
 * docs/monitoring.md.
 *
 * With `OTEL_DENO=true` Deno makes a span of every request by itself, and this
 * module says in it which route it was, leaves out of it what may be secret,
 * and adds spans for the rigs. Without, there is nothing to hook up, and no
 * request pays for it.
 *
 * @module
 */

import type {
  AskedQuestion,
  EndedQuestion,
  QuestionWatcher,
} from "../../rigs/queue.ts";
import { RigError } from "../../rpc/errors.ts";
import { IS_DENO } from "../../rpc/runtime.ts";
import { type LogEntry, redactCommand, redactPath } from "../http/log.ts";
import { readServedReply } from "../http/replies.ts";

// `Deno.telemetry` has the interfaces of `npm:@opentelemetry/api`, and the type
// `any`. These are the parts of them that are used here.

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

type Attributes = Readonly<Record<string, string | bigint>>;

interface Span {
  spanContext(): SpanContext;
  setAttribute(key: string, value: unknown): Span;
  setAttributes(attributes: Attributes): Span;
  setStatus(status: { code: number; message: string }): Span;
  updateName(name: string): Span;
  end(endMs?: number): void;
}

interface Context {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): Context;
}

interface SpanOptions {
  readonly kind?: number;
  readonly startTime?: number;
  readonly attributes?: Attributes;
  readonly links?: readonly { readonly context: SpanContext }[];
}

interface Tracer {
  startSpan(name: string, options?: SpanOptions, context?: Context): Span;
}

interface Telemetry {
  readonly tracerProvider: { getTracer(name: string, version: string): Tracer };
  readonly contextManager: {
    active(): Context;
    with<Result>(context: Context, run: () => Result): Result;
  };
}

/** What Deno registers for `npm:@opentelemetry/api`, as far as it is on. */
interface RegisteredApi {
  readonly trace?: unknown;
  readonly metrics?: unknown;
  readonly propagation?: { fields(): string[] };
}

/** The keys under which `npm:@opentelemetry/api` finds these. */
const API_KEY = Symbol.for("opentelemetry.js.api.1");
const SPAN_KEY = Symbol.for("OpenTelemetry Context Key SPAN");

const KIND_INTERNAL = 0;
const KIND_CLIENT = 2;
const STATUS_ERROR = 2;

/** What may stand in the name of a span; a client can send any method. */
const METHODS: ReadonlySet<string> = new Set([
  ...["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"],
]);

/** What Deno would tell of a URL; its host can be `user:password@host`. */
const URL_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...["url.full", "url.path", "url.query", "server.address"],
]);

/** What the program hooks up where it is traced. */
export interface Tracing {
  /**
   * For `RigQueueOptions.onAsk`: makes the spans of a question, below the span
   * of the request that asks it.
   */
  readonly onAsk: QuestionWatcher;
  /**
   * Says in the span of a request what it was. To be called while the request
   * is being answered, such as by `HandlerOptions.onRequest`.
   */
  readonly onRequest: (entry: LogEntry) => void;
}

/**
 * Starts to trace, if Deno was told to. From then on no span of this process
 * has the attributes `url.full`, `url.path` and `url.query` that Deno sets by
 * itself: `/addpool/…` carries passwords.
 *
 * @param version The gateway's version.
 * @returns What to hook up; `undefined` where nothing is traced.
 */
export function startTracing(version: string): Tracing | undefined {
  if (findOpenTelemetry()?.trace === undefined) return undefined;
  const telemetry: Telemetry = Deno.telemetry;
  const tracer = telemetry.tracerProvider.getTracer("chi-server", version);
  hideUrls(tracer);
  const questions = new QuestionTracer(tracer);
  return {
    onAsk: (question) => {
      const context = telemetry.contextManager.active();
      const askedMs = performance.now();
      return (end) =>
        questions.trace({ ...question, ...end, askedMs }, context);
    },
    onRequest: (entry) => {
      const context = telemetry.contextManager.active();
      const span = context.getValue(SPAN_KEY) as Span | undefined;
      if (span !== undefined) describeRequest(span, entry);
    },
  };
}

/**
 * Says what is dangerous about the way that Deno traces.
 *
 * @returns A warning; `undefined` where there is none.
 */
export function findTracingWarning(): string | undefined {
  const api = findOpenTelemetry();
  if (api?.trace === undefined) return undefined;
  if (api.propagation?.fields().includes("baggage") !== true) return undefined;
  return "warning: with a malformed header Baggage anybody can make a request " +
    "that never ends, as Deno reads it: set OTEL_PROPAGATORS=tracecontext";
}

/**
 * Runs what goes on when the request that started it is over, so that it does
 * not become part of that request's trace for ever.
 *
 * @param run What to run.
 * @returns What it returned.
 */
export function runOutsideTrace<Result>(run: () => Result): Result {
  if (findOpenTelemetry()?.trace === undefined) return run();
  const { contextManager }: Telemetry = Deno.telemetry;
  const context = contextManager.active().setValue(SPAN_KEY, undefined);
  return contextManager.with(context, run);
}

/**
 * Finds out whether Deno traces and exports metrics.
 *
 * @returns What it has registered; undefined where it was told nothing.
 */
export function findOpenTelemetry(): RegisteredApi | undefined {
  if (!IS_DENO) return undefined;
  return (globalThis as { [API_KEY]?: RegisteredApi })[API_KEY];
}

/**
 * Attack: a reader of the traces would read the passwords of pools. Deno
 * writes the URL into its span before any handler runs, through this method,
 * and what stands in a span cannot be taken out again.
 */
function hideUrls(tracer: Tracer): void {
  const prototype: Span = Object.getPrototypeOf(tracer.startSpan("prototype"));
  const { setAttribute } = prototype;
  prototype.setAttribute = function (this: Span, key, value): Span {
    return URL_ATTRIBUTES.has(key) ? this : setAttribute.call(this, key, value);
  };
}

function describeRequest(span: Span, entry: LogEntry): void {
  const { method, path, route = "other", rig, command, problem } = entry;
  span.updateName(`${METHODS.has(method) ? method : "HTTP"} ${route}`);
  span.setAttributes({
    "http.route": route,
    "url.path": redactPath(path, rig),
    ...(rig === undefined ? {} : { "chi.rig": rig }),
    ...(command === undefined ? {} : { "chi.command": redactCommand(command) }),
    ...(problem === undefined ? {} : { "chi.problem": problem }),
  });
}

/** A question that is over, and when it was asked. */
type TracedQuestion = AskedQuestion & EndedQuestion & {
  /** By `performance.now()`. */
  readonly askedMs: number;
};

/** Makes spans of questions that are over: only then it is known what ran. */
class QuestionTracer {
  readonly #tracer: Tracer;
  /** The span of each call, for those who shared it. */
  readonly #calls = new WeakMap<object, SpanContext>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  trace(question: TracedQuestion, asked: Context): void {
    const { askedMs, queueMs, rpcMs } = question;
    const endMs = readEpochMs();
    const arrivedMs = endMs - (performance.now() - askedMs);
    // One who shares a call that runs already has waited for nothing.
    const startedMs = Math.max(arrivedMs, endMs - rpcMs);
    let context = asked;
    if (queueMs > 0) {
      const span = this.#startSpan("rig queue", question, arrivedMs, asked);
      if (rpcMs === 0) setOutcome(span, question);
      span.end(startedMs);
      // What no request asked, such as a live stream, is a trace of its own.
      if (asked.getValue(SPAN_KEY) === undefined) {
        context = asked.setValue(SPAN_KEY, span);
      }
    }
    if (rpcMs > 0) this.#traceCall(question, startedMs, endMs, context);
  }

  #traceCall(
    question: TracedQuestion,
    startedMs: number,
    endMs: number,
    context: Context,
  ): void {
    const { call, isShared } = question;
    const name = isShared ? "shared rig call" : "rig call";
    const span = this.#startSpan(name, question, startedMs, context);
    if (!isShared) this.#calls.set(call, span.spanContext());
    setOutcome(span, question);
    span.end(endMs);
  }

  #startSpan(
    name: string,
    { rig, command, call, isShared }: TracedQuestion,
    startTime: number,
    context: Context,
  ): Span {
    const shared = isShared ? this.#calls.get(call) : undefined;
    return this.#tracer.startSpan(name, {
      kind: name === "rig queue" ? KIND_INTERNAL : KIND_CLIENT,
      startTime,
      attributes: {
        "chi.rig": rig.name ?? "",
        "chi.command": redactCommand(command),
        "server.address": rig.hostname,
        // A number would be sent as a float.
        "server.port": BigInt(rig.port),
      },
      links: shared === undefined ? [] : [{ context: shared }],
    }, context);
  }
}

/** Why there is no reply that can be used. A reply is read once for all. */
function readError({ reply, error }: EndedQuestion): unknown {
  if (reply === undefined) return error;
  try {
    readServedReply(reply);
    return undefined;
  } catch (error) {
    return error;
  }
}

function setOutcome(span: Span, question: EndedQuestion): void {
  const error = readError(question);
  if (error === undefined) {
    span.setAttribute("chi.outcome", "ok");
  } else if (error instanceof RigError) {
    span.setAttributes({ "chi.outcome": error.code, "error.type": error.code });
    span.setStatus({ code: STATUS_ERROR, message: error.message });
  } else {
    // Its caller left.
    span.setAttribute("chi.outcome", "abandoned");
  }
}

/** Now, on the clock of Deno's own spans, finer than `Date.now()` tells it. */
function readEpochMs(): number {
  return Number(Temporal.Now.instant().epochNanoseconds) / 1e6;
}
