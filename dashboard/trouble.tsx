/**
 * What is wrong: trouble of a rig that answers, and what is shown where there
 * are no numbers: no right to read, no rig, or one that does not answer.
 *
 * @module
 */

import type { JSX } from "npm:preact@11";
import { useEffect } from "npm:preact@11/hooks";
import type { PageProblem } from "./fetch_json.ts";
import type { Member } from "./figures.ts";
import { cleanText, UNKNOWN } from "./format.ts";
import { Age, ProblemText, Text } from "./page_parts.tsx";
import type { RigStore } from "./store.ts";
import { TokenForm } from "./token_form.tsx";
import { setToken } from "./token.ts";

/** Why there are no numbers. */
export function Trouble(
  { store, member }: { store: RigStore; member: Member },
): JSX.Element {
  const { problem, state, taken, since } = member;
  if (state === "unknown") {
    return (
      <section class="panel">
        <p>The rig has not been asked yet.</p>
      </section>
    );
  }
  const readSince = () => store.nowMs() - Date.parse(since ?? "");
  const readTaken = () => store.nowMs() - Date.parse(taken ?? "");
  const isFirst = taken === undefined;
  return (
    <section class="panel bad">
      <h3>{isFirst ? "The rig does not answer" : "The rig is down"}</h3>
      {problem && <ProblemText problem={problem} />}
      <p class="muted">
        {`Down since ${formatMoment(since)}, `}
        <Age readAgeMs={readSince} />
        {!isFirst && (
          <>
            {`. Last values: ${formatMoment(taken)}, `}
            <Age readAgeMs={readTaken} />
          </>
        )}.
      </p>
      <NoRigNamed store={store} />
      {isFirst ? <Steps /> : (
        <details>
          <summary>What to check at the rig</summary>
          <Steps />
        </details>
      )}
    </section>
  );
}

/** What a person should look at in a rig that answers. */
export function TroubleList(
  { member: { trouble = [] } }: { member: Member },
): JSX.Element | null {
  if (trouble.length === 0) return null;
  return (
    <section class="panel bad">
      <h3>Trouble</h3>
      <ul>
        {trouble.map(({ code, severity, device, what, since }) => (
          <li key={`${code} ${device ?? ""}`}>
            <span class={`value ${severity}`}>{severity}</span>
            {": "}
            <bdi>{cleanText(what)}</bdi>{" "}
            <span class="muted">since {formatMoment(since)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/**
 * @param time As the gateway writes it.
 * @returns In English, as the page, and in the viewer's time zone:
 * `Nov 22, 2026, 3:04:05 PM GMT+1`.
 */
export function formatMoment(time: string | undefined): string {
  const date = new Date(time ?? "");
  return Number.isNaN(date.getTime())
    ? UNKNOWN
    : date.toLocaleString("en", { dateStyle: "medium", timeStyle: "long" });
}

/** A rig that is named by an address, but is not there. */
export function Absent(
  { store, name, home }: { store: RigStore; name: string; home: string },
): JSX.Element {
  if (store.phase !== "live" || !store.isComplete) {
    return <p class="note">Waiting for the rig …</p>;
  }
  return (
    <section class="panel">
      <h2>No such rig</h2>
      <p>
        There is no rig called <Text text={name} />. <a href={home}>All rigs</a>
      </p>
    </section>
  );
}

/** How to switch the API of each make on. */
const SWITCH_ON =
  "https://github.com/OWNER/chi-server/blob/main/docs/switch_on.md";

/** What to do where no rig was named, as the program says at its start. */
function NoRigNamed({ store }: { store: RigStore }): JSX.Element | null {
  const isUnnamed = store.names.join() === "default";
  // The gateway gives it once it has asked the rig itself.
  useEffect(() => {
    if (isUnnamed) store.readAccess();
  }, [isUnnamed]);
  const { advice } = store.access ?? {};
  return advice === undefined ? null : <pre>{advice.join("\n")}</pre>;
}

const ALLOW = " with this gateway's address as the rig sees it, or R:ADDRESS " +
  "for reading alone. Without it, the miner answers its own machine only.";

/** Why no rig may answer, for who has just begun. */
function Steps(): JSX.Element {
  return (
    <div class="steps">
      <p>What to check, on the rig:</p>
      <ol>
        <li>
          The miner runs, and its API is on: <code>--api-listen</code>
          {", or "}
          <code>"api-listen": true</code>
          {" in its configuration. "}
          <a href={SWITCH_ON} target="_blank" rel="noopener noreferrer">
            How each make has it switched on
          </a>.
        </li>
        <li>
          It lets this gateway in: <code>--api-allow W:ADDRESS</code>
          {ALLOW}
        </li>
        <li>
          The port is the miner's: 4028 as a rule, or its{" "}
          <code>--api-port</code>; and no firewall stands between.
        </li>
      </ol>
      <p>This page goes on asking, and shows each rig once it answers.</p>
    </div>
  );
}

/** What a client sees that may not read. */
export function Denied({ store }: { store: RigStore }): JSX.Element {
  // Only a wrong one is refused like that; the gateway would count each guess.
  useEffect(() => setToken(undefined), []);
  const { problem } = store;
  const isTokenAsked = problem?.status === 401;
  return (
    <section class="panel bad">
      <h2>No permission</h2>
      {problem && (
        <ProblemText
          problem={isTokenAsked ? { ...problem, hint: undefined } : problem}
        />
      )}
      <p>
        Who may read is set by the gateway's{" "}
        <code>--allow</code>, or by a token; see docs/security.md.
      </p>
      {isTokenAsked && <TokenForm onToken={() => store.connect()} />}
      <p>
        <button type="button" onClick={() => store.connect()}>Try again</button>
      </p>
    </section>
  );
}

/** A gateway whose rigs are all down. */
export function Silent(
  { store, problem }: { store: RigStore; problem: PageProblem | undefined },
): JSX.Element {
  return (
    <section class="panel bad">
      <h2>No rig answers</h2>
      {problem && <ProblemText problem={problem} />}
      <NoRigNamed store={store} />
      <Steps />
    </section>
  );
}
