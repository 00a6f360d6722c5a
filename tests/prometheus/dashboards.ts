/**
 * The shipped dashboards, as far as tests ask what they ask.
 *
 * @module
 */

const FOLDER = new URL("../../deploy/grafana/", import.meta.url);

/** What Grafana puts in the place of each `$name`. */
export type Variables = Readonly<Record<string, string>>;

interface Panel {
  readonly title?: string;
  readonly targets?: readonly { readonly expr?: string }[];
  readonly panels?: readonly Panel[];
}

/** A query of a panel. */
export interface PanelQuery {
  readonly panel: string;
  /** The expression, with its variables. */
  readonly expression: string;
}

/** A dashboard. */
export class Dashboard {
  /** All queries of all panels. */
  readonly queries: readonly PanelQuery[];
  readonly #name: string;

  /** Reads one from its file. */
  constructor(name: "chi_fleet" | "chi_rig") {
    this.#name = name;
    const text = Deno.readTextFileSync(new URL(`${name}.json`, FOLDER));
    this.queries = listQueries(JSON.parse(text).panels);
  }

  /**
   * Gives the one expression of a panel, with the variables replaced.
   *
   * @param panel The panel's title.
   * @param variables What `$name` stands for.
   * @param part Stands in the expression, where the panel has several.
   */
  find(panel: string, variables: Variables, part = ""): string {
    const found = this.queries.filter((query) =>
      query.panel === panel && query.expression.includes(part)
    );
    const [query] = found;
    if (query === undefined || found.length > 1) {
      throw new Error(
        `${this.#name} has ${found.length} queries "${panel}" with "${part}"`,
      );
    }
    return replaceVariables(query.expression, variables);
  }
}

function listQueries(panels: readonly Panel[]): PanelQuery[] {
  return panels.flatMap(({ title = "", targets = [], panels = [] }) => [
    ...targets.flatMap(({ expr }) =>
      expr === undefined ? [] : [{ panel: title, expression: expr }]
    ),
    ...listQueries(panels),
  ]);
}

/** Replaces `$name` and `${name}`; `$1` is no variable, but a part of a match. */
export function replaceVariables(text: string, variables: Variables): string {
  return text.replace(
    /\$(?:\{([a-z_]\w*)(?::\w+)?\}|([a-z_]\w*))/gi,
    (whole, braced, bare) => {
      const value = variables[braced ?? bare];
      if (value === undefined) throw new Error(`What is ${whole}? ${text}`);
      return value;
    },
  );
}

/** The names of the metrics in an expression. */
export function listMetrics(expression: string): string[] {
  const names = expression.match(/\b(?:cgminer|chi|process)_\w+/g) ?? [];
  return [...new Set(names)];
}
