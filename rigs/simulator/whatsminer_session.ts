/**
 * What a WhatsMiner (API 2.0.5) wants before it changes anything: a token, and
 * commands that are encrypted with its password. Written from MicroBT's manual
 * and pyasic's `rpc/btminer.py`, not from what sends such commands here.
 *
 * @module
 */

import { deriveMd5Crypt } from "../md5_crypt.ts";
import type { Answer, SessionOptions, SessionTraits } from "./dispatch.ts";
import { mixNumbers } from "./motion.ts";
import { toByteString } from "./request.ts";
import type { RigState } from "./state.ts";

/** What a reply says that is one STATUS. */
export type FlatStatus = readonly [
  severity: string,
  code: number,
  message: unknown,
];

/** Writes a reply that is one STATUS. */
export function writeFlat(
  rig: RigState,
  [severity, code, message]: FlatStatus,
): Answer {
  const document = JSON.stringify({
    STATUS: severity,
    When: Math.floor(rig.nowS),
    Code: code,
    Msg: message,
    Description: "whatsminer v1.4",
  });
  return { documents: [document], outcome: "stays" };
}

/** How long a token is good, and how many there may be. */
const TOKEN_S = 30 * 60;
const MAX_TOKENS = 32;

/** After so many wrong passwords it gives no token for a while. */
const MAX_WRONG = 5;
const LOCKED_S = 5 * 60;

/** What each command does; `done` where there is nothing to see. */
const done = (): void => {};
type Members = Readonly<Record<string, unknown>>;
type Control = (rig: RigState, members: Members) => void;

const CONTROLS: Readonly<Record<string, Control>> = {
  power_off: (rig) => rig.pause(true),
  power_on: (rig) => rig.pause(false),
  adjust_power_limit: (rig, { power_limit: watts }) =>
    rig.powerLimitW = Number(watts),
  update_pools(rig, members) {
    rig.replacePools([1, 2, 3].flatMap((number) => {
      const read = (name: string) => String(members[name + number] ?? "");
      const url = read("pool");
      const [user, pass] = [read("worker"), read("passwd")];
      return url === "" ? [] : [{ url, user, pass }];
    }));
  },
  ...Object.fromEntries(
    `adjust_upfreq_speed disable_btminer_fast_boot disable_web_pools
    download_logs enable_btminer_fast_boot enable_web_pools factory_reset
    net_config pre_power_on reboot restart_btminer set_fan_zero_speed
    set_high_power set_hostname set_led set_low_power set_normal_power
    set_power_pct set_power_pct_v2 set_poweroff_cool set_target_freq
    set_temp_offset set_zone update_firmware update_pwd upgrade_firmware`
      .split(/\s+/).map((name) => [name, done]),
  ),
};

/** The commands after which it is away for a while. */
const RESTARTING: ReadonlySet<string> = new Set(["reboot", "restart_btminer"]);

const SALT_LETTERS =
  "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function makeSalt(...numbers: number[]): string {
  return Array.from(
    { length: 8 },
    (_, at) => SALT_LETTERS[mixNumbers(...numbers, at) % SALT_LETTERS.length],
  ).join("");
}

/** A token that was given, and until when it is good. */
interface GivenToken {
  readonly newsalt: string;
  readonly time: string;
  readonly untilS: number;
}

/** Makes the session of one rig, until it restarts. */
export function createWhatsMinerSession(
  options: SessionOptions,
): SessionTraits {
  let password = options.password ?? "admin";
  const tokens: GivenToken[] = [];
  let wrongCount = 0;
  let lockedS = -Infinity;

  function giveToken(rig: RigState): Answer {
    if (rig.nowS < lockedS) {
      return writeFlat(rig, ["E", 45, "permission denied"]);
    }
    for (let at = tokens.length; at-- > 0;) {
      if ((tokens[at]?.untilS ?? 0) <= rig.nowS) tokens.splice(at, 1);
    }
    if (options.readFaults().sessionHeld || tokens.length >= MAX_TOKENS) {
      return writeFlat(rig, ["E", 136, "over max connect"]);
    }
    const { seed } = rig.traits;
    const time = String(Math.floor(rig.nowS)).slice(-4);
    const newsalt = makeSalt(seed, 82, Number(time), tokens.length);
    tokens.push({ time, newsalt, untilS: rig.nowS + TOKEN_S });
    const salt = makeSalt(seed, 81);
    return writeFlat(rig, ["S", 134, { time, salt, newsalt }]);
  }

  function refuse(rig: RigState, isWrong: boolean): Answer {
    if (isWrong && ++wrongCount >= MAX_WRONG) {
      wrongCount = 0;
      lockedS = rig.nowS + LOCKED_S;
    }
    return writeFlat(rig, ["E", 135, "check token err"]);
  }

  async function takeEncrypted(data: string, rig: RigState): Promise<Answer> {
    const crypto = await import("node:crypto");
    const secret = await deriveMd5Crypt(
      password,
      makeSalt(rig.traits.seed, 81),
    );
    const key = crypto.createHash("sha256").update(secret).digest();
    const decipher = crypto.createDecipheriv("aes-256-ecb", key, null);
    decipher.setAutoPadding(false);
    let members: Members;
    try {
      const text = decipher.update(data, "base64").toString();
      decipher.final();
      members = JSON.parse(text.split("\0", 1)[0] ?? "");
    } catch {
      return refuse(rig, true);
    }
    // Some clients send `command`, as in plain requests.
    const { cmd, command: other, token, ...rest } = members;
    const command = String(cmd ?? other);
    const signs = await Promise.all(
      tokens.filter(({ untilS }) => untilS > rig.nowS).map((each) =>
        deriveMd5Crypt(secret + each.time, each.newsalt)
      ),
    );
    const isGood = signs.includes(String(token));
    if (!isGood || options.spendFault("sessionExpired")) {
      return refuse(rig, false);
    }
    wrongCount = 0;
    const control = Object.hasOwn(CONTROLS, command)
      ? CONTROLS[command]
      : undefined;
    const { documents: [text = ""] } = writeFlat(
      rig,
      control === undefined
        ? ["E", 14, "invalid cmd"]
        : ["S", 131, "API command OK"],
    );
    control?.(rig, rest);
    if (command === "update_pwd" && typeof rest["new"] === "string") {
      password = rest["new"];
    }
    const bytes = new TextEncoder().encode(text);
    const padded = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
    padded.set(bytes);
    const cipher = crypto.createCipheriv("aes-256-ecb", key, null);
    cipher.setAutoPadding(false);
    const enc = cipher.update(padded).toString("base64");
    cipher.final();
    return {
      documents: [JSON.stringify({ enc })],
      outcome: RESTARTING.has(command) ? "restarts" : "stays",
    };
  }

  return {
    answer(bytes, rig) {
      let request: unknown;
      try {
        request = JSON.parse(toByteString(bytes).split("\0", 1)[0] ?? "");
      } catch {
        return undefined; // Others say what is wrong with it.
      }
      const { command, cmd = command, enc, data } = Object(request);
      if (enc === 1 && typeof data === "string") {
        return takeEncrypted(data, rig);
      }
      if (cmd === "get_token") return giveToken(rig);
      return Object.hasOwn(CONTROLS, cmd)
        ? writeFlat(rig, ["E", 45, "permission denied"])
        : undefined;
    },
  };
}
