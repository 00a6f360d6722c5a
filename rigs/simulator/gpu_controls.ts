/**
 * The commands that set something on a GPU: intensity, clocks, voltage, fan;
 * `N,value` each. What is set stands in the reports from then on.
 *
 * @module
 */

import type { Device } from "./device.ts";
import type { Command, Exchange } from "./exchange.ts";
import type { MessageName } from "./messages.ts";
import { readSetting } from "./miner_controls.ts";
import { readInteger } from "./request.ts";
import type { RigState } from "./state.ts";

/** What can be set on a GPU. */
export type GpuSetting =
  | "intensity"
  | "memory"
  | "engine"
  | "millivolt"
  | "fan";

/** An intensity of a GPU that finds its own. */
export const DYNAMIC_INTENSITY = -100;

const LOWEST_INTENSITY = 8;
const HIGHEST_INTENSITY = 31;

const nameSetting = (setting: GpuSetting, id: number): string =>
  `${setting} ${id}`;

/**
 * Reads what has been set on a GPU.
 *
 * @param device The GPU.
 * @param rig Its rig.
 * @param setting What.
 * @param initial What it is until it is set.
 */
export function readGpu(
  device: Device,
  rig: RigState,
  setting: GpuSetting,
  initial: number,
): number {
  return readSetting(rig, nameSetting(setting, device.id), initial);
}

/** Makes a control of what is to be done with a GPU's number and a value. */
function onGpu(
  run: (exchange: Exchange, id: number, value: string) => void,
): Command {
  return (exchange) => {
    const { rig, parameter } = exchange;
    if (rig.devices.length === 0) return exchange.say("noGpus");
    if (parameter === undefined || parameter === "") {
      return exchange.say("missingDevice");
    }
    const comma = parameter.indexOf(",");
    if (comma < 0) return exchange.say("missingGpuValue");
    const id = readInteger(parameter.slice(0, comma));
    if (rig.devices[id] === undefined) {
      return exchange.say("invalidGpu", id, rig.devices.length - 1);
    }
    run(exchange, id, parameter.slice(comma + 1));
  };
}

const setIntensity = onGpu((exchange, id, value) => {
  const { settings } = exchange.rig;
  const setting = nameSetting("intensity", id);
  if (value.charAt(0).toLowerCase() === "d") {
    settings.set(setting, DYNAMIC_INTENSITY);
    return exchange.say("gpuIntensity", id, "d");
  }
  const intensity = readInteger(value);
  if (intensity < LOWEST_INTENSITY || intensity > HIGHEST_INTENSITY) {
    return exchange.say("invalidIntensity", value);
  }
  settings.set(setting, intensity);
  exchange.say("gpuIntensity", id, intensity);
});

/** Makes a control that writes a number down, and always succeeds. */
function setNumber(
  setting: GpuSetting,
  message: MessageName,
  unit = 1,
): Command {
  return onGpu((exchange, id, value) => {
    const number = Math.round(unit * (Number.parseFloat(value) || 0));
    exchange.rig.settings.set(nameSetting(setting, id), number);
    exchange.say(message, id, value);
  });
}

/** The commands, by name. */
export const GPU_CONTROLS: Readonly<Record<string, Command>> = {
  gpuintensity: setIntensity,
  gpumem: setNumber("memory", "gpuMemory"),
  gpuengine: setNumber("engine", "gpuEngine"),
  gpuvddc: setNumber("millivolt", "gpuVoltage", 1000),
  gpufan: setNumber("fan", "gpuFan"),
};
