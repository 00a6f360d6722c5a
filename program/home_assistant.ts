/**
 * `chi-server home-assistant`: writes a package for Home Assistant with the
 * sensors of each rig, in the unit that fits what it hashes, and on demand
 * actions. Rigs are asked once, for that unit.
 *
 * @module
 */

import { visitRigs } from "../gateway/http/all_rigs.ts";
import { FleetMonitor, SURVEY_LIMITS } from "../gateway/watch/fleet_monitor.ts";
import { Fleet } from "../rigs/fleet.ts";
import { formatAddress } from "../rpc/errors.ts";
import type { OwnAddress } from "./announcement.ts";
import type { Config } from "./config/config.ts";
import { findActions } from "../telemetry/actions.ts";
import { DemoRigs } from "./demo_rigs.ts";

/** What of the configuration counts for the package. */
export type HomeAssistantConfig = Pick<
  Config,
  | "rigs"
  | "demoRigs"
  | "timeoutMs"
  | "maxReplyBytes"
  | "httpPort"
  | "httpHost"
  | "publicUrl"
  | "tls"
  | "access"
  | "hasActions"
>;

/** Where the package is written to. */
export interface HomeAssistantOptions {
  /** The addresses of this machine, if no other URL of the gateway is known. */
  readonly own?: readonly OwnAddress[];
  /** Prints on stdout. Default `console.log`. */
  readonly print?: (text: string) => void;
  /** Prints a line on stderr. Default `console.error`. */
  readonly printError?: (line: string) => void;
}

/**
 * Asks all rigs what they hash, and prints the package.
 *
 * @param config The rigs, and where and how the gateway serves them.
 * @param options Where to print.
 * @returns The exit status: 0, also if rigs do not answer.
 */
export async function runHomeAssistant(
  config: HomeAssistantConfig,
  options: HomeAssistantOptions = {},
): Promise<number> {
  const { own = [], print = console.log, printError = console.error } = options;
  await using demo = DemoRigs.start(config.demoRigs);
  const fleet = new Fleet([...config.rigs, ...demo.rigs], config);
  const monitor = new FleetMonitor();
  const scales = new Map<string, Scale>();
  const buttons = new Map<string, string>();
  const kinds = new Map(config.rigs.map(({ name, kind }) => [name, kind]));
  await visitRigs(
    fleet.rigs,
    {
      ask: (rig) => monitor.survey(rig),
      take({ telemetry }, { name }) {
        // What it states as ideal counts too: it may rest now.
        const scale = findScale(Object.values(telemetry?.hashrate ?? {}));
        if (scale !== undefined) scales.set(name, scale);
        const { restart } = findActions(telemetry?.miner, kinds.get(name));
        if (restart !== undefined) buttons.set(name, restart.command);
      },
    },
    new AbortController().signal,
    SURVEY_LIMITS,
  );
  const rigs = [...fleet.rigs].map(({ name }) => name);
  print(formatPackage(config, findUrl(config, own), rigs, scales, buttons));
  const unknown = rigs.filter((name) => !scales.has(name));
  if (unknown.length > 0) {
    printError(
      `chi-server: no hashrate is known of ${nameFew(unknown)}: in TH/s, ` +
        "until this runs again while they hash",
    );
  }
  return 0;
}

function nameFew(names: readonly string[]): string {
  const more = names.length - MAX_NAMED_RIGS;
  const shown = names.slice(0, MAX_NAMED_RIGS).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

const MAX_NAMED_RIGS = 20;

/** A unit of hashrate, and how many hashes per second it is. */
type Scale = readonly [unit: string, hashesPerS: number];

/** From the largest on. */
const SCALES: readonly Scale[] = [
  ["EH/s", 1e18],
  ["PH/s", 1e15],
  ["TH/s", 1e12],
  ["GH/s", 1e9],
  ["MH/s", 1e6],
  ["kH/s", 1e3],
  ["H/s", 1],
];

/** What most miners hash in. */
const USUAL_SCALE: Scale = ["TH/s", 1e12];

/** The largest unit that the largest of some figures has one of. */
function findScale(hashesPerS: readonly number[]): Scale | undefined {
  const most = Math.max(0, ...hashesPerS);
  return SCALES.find(([, size]) => most >= size);
}

/** Where Home Assistant asks, without a slash at its end. */
function findUrl(
  { publicUrl, httpHost, httpPort, tls }: HomeAssistantConfig,
  [first]: readonly OwnAddress[],
): string {
  if (publicUrl !== undefined) {
    const { origin, pathname } = new URL(publicUrl);
    return (origin + pathname).replace(/\/$/, "");
  }
  const isEverywhere = httpHost === undefined || httpHost === "0.0.0.0" ||
    httpHost === "::";
  const hostname = isEverywhere ? first?.address ?? "127.0.0.1" : httpHost;
  const scheme = tls === undefined ? "http" : "https";
  return `${scheme}://${formatAddress({ hostname, port: httpPort })}`;
}

/** In `secrets.yaml`: `chi_authorization: Bearer <token>`. */
const AUTHORIZATION = "Authorization: !secret chi_authorization";

/** Longer than the gateway waits for a rig. */
const PATIENCE_S = 10;

function formatPackage(
  config: HomeAssistantConfig,
  url: string,
  rigs: readonly string[],
  scales: ReadonlyMap<string, Scale>,
  buttons: ReadonlyMap<string, string>,
): string {
  const { access, hasActions, timeoutMs } = config;
  const timeoutS = Math.ceil(timeoutMs / 1000) + PATIENCE_S;
  const hasToken = access.tokenFile !== undefined || access.token !== undefined;
  const readHeaders = access.isTokenForReads
    ? `\n    headers:\n      ${AUTHORIZATION}`
    : "";
  const needsSecret = access.isTokenForReads || (hasActions && hasToken);
  return [
    "# Home Assistant's package for the rigs of chi-server, made by",
    "# chi-server home-assistant: write it anew when rigs come or go.",
    `# The gateway is at ${url}/: another address is given by --public-url.`,
    ...(needsSecret
      ? ["# In secrets.yaml: chi_authorization: Bearer <the gateway's token>"]
      : []),
    "",
    "rest:",
    ...rigs.map((rig) =>
      formatSensors(rig, {
        resource: `${url}/-/rigs/${rig}`,
        options: `\n    scan_interval: 30\n    timeout: ${timeoutS}` +
          readHeaders,
        scale: scales.get(rig) ?? USUAL_SCALE,
      })
    ),
    ...(hasActions
      ? [
        formatActions(url, timeoutS, hasToken),
        ...rigs.flatMap((rig) => formatButton(rig, buttons.get(rig))),
      ]
      : []),
  ].join("\n").trimEnd();
}

/** Hashrates by how well they show what a rig does now; `ideal` is none. */
const WINDOWS = "[rate['5m'], rate['1m'], rate['5s'], rate['15m'], " +
  "rate['average']] | select('defined')";

/** A name is of letters, digits, ".", "_" and "-": no quote ends in it. */
function formatSensors(
  rig: string,
  { resource, options, scale: [unit, hashesPerS] }: {
    readonly resource: string;
    readonly options: string;
    readonly scale: Scale;
  },
): string {
  return `\
  - resource: ${JSON.stringify(resource)}${options}
    binary_sensor:
      - name: "${rig} rig"
        unique_id: "chi_${rig}_up"
        device_class: connectivity
        value_template: "{{ value_json.state == 'up' }}"
      - name: "${rig} trouble"
        unique_id: "chi_${rig}_trouble"
        device_class: problem
        value_template: "{{ value_json.trouble | count > 0 }}"
    sensor:
      - name: "${rig} hashrate"
        unique_id: "chi_${rig}_hashrate"
        icon: mdi:pickaxe
        unit_of_measurement: ${unit}
        state_class: measurement
        availability: >-
          {% set rate = (value_json.telemetry | default({})).hashrate | default({}) %}
          {{ value_json.state == 'up' and ${WINDOWS} | list | count > 0 }}
        value_template: >-
          {% set rate = value_json.telemetry.hashrate %}
          {{ (${WINDOWS} | first / ${hashesPerS.toExponential()}) | round(3) }}
      # The hottest of all sensors.
      - name: "${rig} temperature"
        unique_id: "chi_${rig}_temperature"
        device_class: temperature
        unit_of_measurement: °C
        state_class: measurement
        availability: >-
          {% set telemetry = value_json.telemetry | default({}) %}
          {{ value_json.state == 'up' and ([telemetry] + telemetry.devices | default([]))
             | map(attribute='temperatures', default=[]) | sum(start=[]) | count > 0 }}
        value_template: >-
          {% set telemetry = value_json.telemetry %}
          {{ ([telemetry] + telemetry.devices | default([]))
             | map(attribute='temperatures', default=[]) | sum(start=[])
             | map(attribute='celsius') | max }}
      - name: "${rig} power"
        unique_id: "chi_${rig}_power"
        device_class: power
        unit_of_measurement: W
        state_class: measurement
        availability: >-
          {{ value_json.state == 'up'
             and (value_json.telemetry | default({})).powerW is defined }}
        value_template: "{{ value_json.telemetry.powerW }}"
      # Since the miner started.
      - name: "${rig} accepted shares"
        unique_id: "chi_${rig}_accepted"
        icon: mdi:check-decagram
        state_class: total_increasing
        availability: >-
          {{ value_json.state == 'up'
             and ((value_json.telemetry | default({})).shares | default({})).accepted is defined }}
        value_template: "{{ value_json.telemetry.shares.accepted }}"
      # The one that it works for.
      - name: "${rig} pool"
        unique_id: "chi_${rig}_pool"
        icon: mdi:server-network
        availability: >-
          {{ value_json.state == 'up' and (value_json.telemetry | default({})).pools | default([])
             | selectattr('isActive', 'defined') | selectattr('isActive')
             | selectattr('url', 'defined') | list | count > 0 }}
        value_template: >-
          {{ (value_json.telemetry.pools
             | selectattr('isActive', 'defined') | selectattr('isActive')
             | selectattr('url', 'defined') | first).url[:255] }}
`;
}

/** What a rig refuses becomes an HTTP status, and so a line in their log. */
function formatActions(
  url: string,
  timeoutS: number,
  hasToken: boolean,
): string {
  const rest = [
    "    method: post",
    `    timeout: ${timeoutS}`,
    "    headers:",
    "      Prefer: handling=strict",
    ...(hasToken ? [`      ${AUTHORIZATION}`] : []),
    "",
  ].join("\n");
  return `\
rest_command:
  # Restarts the miner's software: {rig: NAME}; {command: …} where its make calls it otherwise.
  chi_restart:
    url: "${url}/@{{ rig | urlencode }}/{{ command | default('restart') | urlencode }}"
${rest}\
  # Works for another of its pools: {rig: NAME, pool: NUMBER}.
  chi_switch_pool:
    url: "${url}/@{{ rig | urlencode }}/switchpool/{{ pool | int }}"
${rest}
template:`;
}

/** @param command What restarts its miner; absent: nothing does. */
function formatButton(rig: string, command: string | undefined): string[] {
  if (command === undefined) return [];
  const data = command === "restart"
    ? ""
    : `\n              command: "${command}"`;
  return [`\
  - button:
      - name: "${rig} restart"
        unique_id: "chi_${rig}_restart"
        device_class: restart
        press:
          - action: rest_command.chi_restart
            data:
              rig: "${rig}"${data}`];
}
