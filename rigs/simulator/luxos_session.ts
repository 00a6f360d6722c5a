/**
 * What LuxOS wants before it changes its settings: a session, one for the whole
 * rig, whose id stands before the parameter. Written from Luxor's manual
 * (docs.luxor.tech, "Session management") and luxos-tooling, not from what sends
 * such commands here. What it says without a session is invented: no manual has
 * it.
 *
 * @module
 */

import { splitAtComma } from "./controls.ts";
import type { Answer, SessionOptions, SessionTraits } from "./dispatch.ts";
import { mixNumbers } from "./motion.ts";
import { readRequest } from "./request.ts";
import type { RigState } from "./state.ts";

/** How long a session lasts without use. */
const SESSION_S = 60;

/** What each command is given, and does; nothing to see of the most. */
type Control = (rig: RigState, value: string) => void;
const done = (): void => {};

const CONTROLS: Readonly<Record<string, Control>> = {
  curtail: (rig, value) => rig.pause(value.toLowerCase() === "sleep"),
  profileset: (rig, value) => rig.profile = value,
  ...Object.fromEntries(
    `atmset autotunerset disableboard enableboard fanset frequencyset
    frequencystop hashboardoptsset healthchipset healthctrlset immersionswitch
    ledset netset profilenew profilerem profilerestore reboot rebootdevice
    resetconfig resetminer tempctrlset tempsensorset tunableswitch tunerswitch
    uninstallluxos updaterun updateset voltageset`
      .split(/\s+/).map((name) => [name, done]),
  ),
};

/** The commands after which it is away for a while. */
const RESTARTING: ReadonlySet<string> = new Set([
  "reboot",
  "rebootdevice",
  "resetminer",
]);

/** Makes the session of one rig, until it restarts. */
export function createLuxosSession(
  { description, readFaults, spendFault }: SessionOptions,
): SessionTraits {
  let id = "";
  let untilS = 0;
  let count = 0;

  const say = (
    rig: RigState,
    severity: string,
    code: number,
    message: string,
    more = {},
  ): Answer => {
    const status = {
      Code: code,
      Description: description,
      Msg: message,
      STATUS: severity,
      When: Math.floor(rig.nowS),
    };
    const document = JSON.stringify({ ...more, STATUS: [status], id: 1 });
    return { documents: [document], outcome: "stays" };
  };

  const logOn = (rig: RigState): Answer => {
    if (id !== "" || readFaults().sessionHeld) {
      return say(rig, "E", 402, "Another session is active");
    }
    const number = mixNumbers(rig.traits.seed, 83, ++count);
    id = number.toString(36).padStart(8, "x");
    untilS = rig.nowS + SESSION_S;
    const session = { SESSION: [{ SessionID: id }] };
    return say(rig, "S", 316, "Session created", session);
  };

  return {
    answer(bytes, rig) {
      const { command, dialect, parameter = "" } = readRequest(bytes);
      if (dialect === "text") return undefined;
      if (rig.nowS >= untilS) id = "";
      if (command === "logon") return logOn(rig);
      if (command === "session") {
        const shown = readFaults().sessionHeld ? "somebody" : id;
        const session = { SESSION: [{ SessionID: shown }] };
        return say(rig, "S", 319, "Session information", session);
      }
      const isOff = command === "logoff";
      const control = Object.hasOwn(CONTROLS, command)
        ? CONTROLS[command]
        : undefined;
      if (!isOff && control === undefined) return undefined;
      const [given, value = ""] = splitAtComma(parameter);
      if (spendFault("sessionExpired")) id = "";
      if (id === "" || given !== id) {
        return say(rig, "E", 401, "Invalid session");
      }
      untilS = rig.nowS + SESSION_S;
      if (isOff) {
        id = "";
        return say(rig, "S", 317, "Session closed");
      }
      control?.(rig, value);
      const answer = say(rig, "S", 300, `${command} done`);
      return RESTARTING.has(command)
        ? { ...answer, outcome: "restarts" }
        : answer;
    },
  };
}
