/**
 * The files of deploy/ as a test runs them: as they are shipped, but for the
 * addresses and how long everything takes.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { assertEquals } from "jsr:@std/assert@1";

const DEPLOY = new URL("../../deploy/", import.meta.url);

/** Where the files for Prometheus are. */
export const PROMETHEUS_FOLDER = fileURLToPath(new URL("prometheus/", DEPLOY));

/** The configurations. */
export const CONFIGS = [
  "prometheus.yml",
  "prometheus_probe.yml",
  "prometheus_two_gateways.yml",
] as const;

/** Reads one of the files for Prometheus. */
export function readShipped(path: string): string {
  return Deno.readTextFileSync(PROMETHEUS_FOLDER + path);
}

/** Lists the paths of the rules or of their tests. */
export function listShipped(folder: "rules" | "tests"): string[] {
  return [...Deno.readDirSync(PROMETHEUS_FOLDER + folder)]
    .map(({ name }) => `${folder}/${name}`).sort();
}

/** What a test changes in a configuration, and nothing else. */
export interface Changes {
  /** The address that comes in the place of each of those in the file. */
  readonly addresses: Readonly<Record<string, string>>;
  /** `scrape_interval`, and with it the timeout. */
  readonly scrapeInterval: string;
  /** Without rules nothing is evaluated. Default: all rules, every second. */
  readonly rules?: "none";
}

/**
 * Takes a shipped configuration, with its rules, for a Prometheus of a test:
 *
 * - each address of a gateway becomes another one;
 * - `scrape_interval` becomes what the test says, `scrape_timeout` the same, and
 *   `evaluation_interval`, `interval` of a group and `refresh_interval` 1 s;
 * - `for` of an alert becomes 1 s.
 */
export function adaptShipped(
  config: typeof CONFIGS[number],
  changes: Changes,
): Record<string, string> {
  let text = readShipped(config);
  for (const [from, to] of Object.entries(changes.addresses)) {
    assertEquals(text.includes(from), true, `${config} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const files: Record<string, string> = {};
  files["prometheus.yml"] = text
    .replace(
      /\bscrape_(interval|timeout): \w+$/gm,
      (_, word) => `scrape_${word}: ${changes.scrapeInterval}`,
    )
    .replace(/\b(evaluation|refresh)_interval: \w+$/gm, "$1_interval: 1s");
  if (changes.rules === "none") return files;
  for (const path of listShipped("rules")) {
    files[path] = readShipped(path)
      .replace(/^( +interval): \w+$/gm, "$1: 1s")
      .replace(/^( +for): \w+$/gm, "$1: 1s");
  }
  return files;
}
