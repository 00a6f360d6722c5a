/**
 * The commands that name one device: to report it, to enable or disable it,
 * to set something on it. The miners have a family of them for each kind of
 * device (`asc…`, `pga…`, `gpu…`), which differ in little but their words.
 *
 * @module
 */

import type { Device } from "./device.ts";
import type { Command, Exchange, Field } from "./exchange.ts";
import type { MessageName } from "./messages.ts";
import { readInteger } from "./request.ts";

/** A kind of device, as the commands spell it. */
export type DeviceKind = "asc" | "pga" | "gpu";

/** The messages of a kind of device; absent where the miner has no such one. */
interface DeviceMessages {
  readonly none: MessageName;
  readonly one: MessageName;
  readonly invalid: MessageName;
  readonly alreadyEnabled: MessageName;
  readonly alreadyDisabled: MessageName;
  readonly enabling: MessageName;
  readonly disabling: MessageName;
  readonly restarting?: MessageName;
  readonly noIdentify?: MessageName;
  readonly missingOption?: MessageName;
  readonly noSet?: MessageName;
}

const DEVICE_MESSAGES: Readonly<Record<DeviceKind, DeviceMessages>> = {
  asc: {
    none: "noAscs",
    one: "asc",
    invalid: "invalidAsc",
    alreadyEnabled: "ascAlreadyEnabled",
    alreadyDisabled: "ascAlreadyDisabled",
    enabling: "ascEnabling",
    disabling: "ascDisabling",
    noIdentify: "ascNoIdentify",
    missingOption: "missingAscOption",
    noSet: "ascNoSet",
  },
  pga: {
    none: "noPgas",
    one: "pga",
    invalid: "invalidPga",
    alreadyEnabled: "pgaAlreadyEnabled",
    alreadyDisabled: "pgaAlreadyDisabled",
    enabling: "pgaEnabling",
    disabling: "pgaDisabling",
    restarting: "pgaRestarting",
    noIdentify: "pgaNoIdentify",
    missingOption: "missingPgaOption",
    noSet: "pgaNoSet",
  },
  gpu: {
    none: "noGpus",
    one: "gpu",
    invalid: "invalidGpu",
    alreadyEnabled: "gpuAlreadyEnabled",
    alreadyDisabled: "gpuAlreadyDisabled",
    enabling: "gpuEnabling",
    disabling: "gpuDisabling",
    restarting: "gpuRestarting",
  },
};

/** Reads the device that the parameter names; says what is wrong if none. */
function findDevice(
  exchange: Exchange,
  messages: DeviceMessages,
  parameter = exchange.parameter,
): Device | undefined {
  const { devices } = exchange.rig;
  if (devices.length === 0) {
    exchange.say(messages.none);
    return undefined;
  }
  if (parameter === undefined || parameter === "") {
    exchange.say("missingDevice");
    return undefined;
  }
  const id = readInteger(parameter);
  const device = devices[id];
  if (device === undefined) {
    exchange.say(messages.invalid, id, devices.length - 1);
  }
  return device;
}

/** The commands of one kind of device, by name. */
export interface DeviceCommands {
  /** Those that report. */
  readonly lookups: Readonly<Record<string, Command>>;
  /** Those that change something. */
  readonly controls: Readonly<Record<string, Command>>;
}

/**
 * Makes the commands of one kind of device.
 *
 * @param kind Which kind.
 * @param fields What the report says of a device.
 * @param prefix How the commands' names begin, if not with the kind.
 * @returns The commands.
 */
export function createDeviceCommands(
  kind: DeviceKind,
  fields: readonly Field<Device>[],
  prefix: string = kind,
): DeviceCommands {
  const messages = DEVICE_MESSAGES[kind];
  const onDevice =
    (run: (exchange: Exchange, device: Device) => void): Command =>
    (exchange) => {
      const device = findDevice(exchange, messages);
      if (device !== undefined) run(exchange, device);
    };
  const controls: Record<string, Command> = {
    [`${prefix}enable`]: onDevice((exchange, device) => {
      const already = device.enabled;
      device.enable(exchange.rig.nowS);
      exchange.say(
        already ? messages.alreadyEnabled : messages.enabling,
        device.id,
      );
    }),
    [`${prefix}disable`]: onDevice((exchange, device) => {
      const already = !device.enabled;
      device.disable(exchange.rig.nowS);
      exchange.say(
        already ? messages.alreadyDisabled : messages.disabling,
        device.id,
      );
    }),
  };
  const { restarting, noIdentify } = messages;
  if (restarting !== undefined && prefix === kind) {
    controls[`${prefix}restart`] = onDevice((exchange, device) => {
      device.enable(exchange.rig.nowS);
      exchange.say(restarting, device.id);
    });
  }
  if (noIdentify !== undefined) {
    controls[`${prefix}identify`] = onDevice((exchange, device) => {
      exchange.say(noIdentify, device.id);
    });
    controls[`${prefix}set`] = createSet(messages);
  }
  const lookup = onDevice((exchange, device) => {
    exchange.say(messages.one, device.id);
    exchange.report(kind.toUpperCase(), [device], fields);
  });
  return { lookups: { [prefix]: lookup }, controls };
}

/** Makes a command that finds nothing to set: no simulated device has options. */
function createSet(messages: DeviceMessages): Command {
  return (exchange) => {
    const { parameter } = exchange;
    const [id = "", option = ""] = parameter?.split(",") ?? [];
    if (
      exchange.rig.devices.length > 0 && parameter !== undefined &&
      parameter !== "" && option === "" &&
      messages.missingOption !== undefined
    ) {
      exchange.say(messages.missingOption);
      return;
    }
    const device = findDevice(exchange, messages, parameter && (id || "0"));
    if (device !== undefined && messages.noSet !== undefined) {
      exchange.say(messages.noSet, device.id);
    }
  };
}

/**
 * Makes the commands of a kind of device that a rig knows of but has none of.
 *
 * @param kind Which kind.
 * @returns The commands, all of which say that there are none.
 */
export function createAbsentDeviceCommands(kind: "pga"): DeviceCommands {
  const { none } = DEVICE_MESSAGES[kind];
  const refuse: Command = (exchange) => exchange.say(none);
  return {
    lookups: { [kind]: refuse },
    controls: {
      [`${kind}enable`]: refuse,
      [`${kind}disable`]: refuse,
      [`${kind}identify`]: refuse,
      [`${kind}set`]: refuse,
    },
  };
}
