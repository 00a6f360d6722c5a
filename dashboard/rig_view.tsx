/**
 * One rig: its hashrate by window and over time, devices, fans, pools,
 * versions, what may be done with it, and any command's reply.
 *
 * @module
 */

import type { JSX, RefObject } from "npm:preact@11";
import { useEffect, useRef } from "npm:preact@11/hooks";
import { Actions } from "./actions.tsx";
import { CommandBox } from "./command_box.tsx";
import { type Member, readFigures, WINDOWS } from "./figures.ts";
import {
  formatCelsius,
  formatCount,
  formatDuration,
  formatHashrate,
  formatLarge,
  formatPercent,
  formatRpm,
} from "./format.ts";
import { History, MEASURES } from "./history_chart.tsx";
import { State, WebLink } from "./fleet_row.tsx";
import { Age, Text, Tile } from "./page_parts.tsx";
import { Devices, Fans, Pools } from "./rig_tables.tsx";
import type { RigStore } from "./store.ts";
import { Absent, Trouble, TroubleList } from "./trouble.tsx";

const WINDOW_WORDS = {
  "5s": "5 seconds",
  "1m": "1 minute",
  "5m": "5 minutes",
  "15m": "15 minutes",
  average: "Since the start",
};

function RigSums({ member }: { member: Member }): JSX.Element {
  const figures = readFigures(member);
  const { severities } = figures;
  const { telemetry = {} } = member;
  const { hashrate = {}, shares = {} } = telemetry;
  const fans = telemetry.fans?.length ?? 0;
  const windows = WINDOWS.filter((window) => hashrate[window] !== undefined);
  const [newest] = windows;
  const ideal = figures.idealPercent;
  return (
    <>
      <dl class="tiles">
        <Tile
          label="Hashrate"
          text={formatHashrate(figures.hashrate)}
          severity={severities.hashrate}
          note={ideal !== undefined
            ? `${formatPercent(ideal)} of ideal`
            : newest && WINDOW_WORDS[newest]}
        />
        <Tile
          label="Hottest"
          text={formatCelsius(figures.celsius)}
          severity={severities.celsius}
        />
        {fans > 0 && (
          <Tile
            label="Slowest fan"
            text={formatRpm(figures.rpm)}
            severity={severities.rpm}
            note={`of ${fans}`}
          />
        )}
        <Tile
          label="Rejected"
          text={formatPercent(figures.rejectPercent)}
          severity={severities.rejects}
          note={shares.rejected !== undefined &&
            `${formatCount(shares.rejected)} shares`}
        />
        <Tile
          label="Accepted"
          text={formatCount(shares.accepted)}
          note={shares.stale !== undefined &&
            `${formatCount(shares.stale)} stale`}
        />
        <Tile
          label="Hardware errors"
          text={formatCount(telemetry.hardwareErrors)}
          severity={severities.errors}
        />
        <Tile
          label="Best share"
          text={formatLarge(telemetry.bestShare)}
          note={telemetry.blocksFound !== undefined &&
            telemetry.blocksFound > 0 &&
            `${formatCount(telemetry.blocksFound)} blocks found`}
        />
        {telemetry.powerW !== undefined && (
          <Tile
            label="Power"
            text={`${formatCount(telemetry.powerW)} W`}
            note={figures.joulesPerTerahash !== undefined &&
              `${figures.joulesPerTerahash.toFixed(1)} J/TH`}
          />
        )}
        <Tile label="Uptime" text={formatDuration(telemetry.uptimeS)} />
      </dl>
      {windows.length > 1 && (
        <section>
          <h3>Hashrate by window</h3>
          <dl class="windows">
            {windows.map((window) => (
              <div key={window}>
                <dt>{WINDOW_WORDS[window]}</dt>
                <dd>{formatHashrate(hashrate[window])}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </>
  );
}

function Versions({ member }: { member: Member }): JSX.Element {
  const { miner = {} } = member.telemetry ?? {};
  const rows: [string, string | undefined][] = [
    ["Model", miner.model],
    ["Miner", [miner.software, miner.version].filter(Boolean).join(" ")],
    ["API", miner.api],
    ["Firmware", miner.firmware],
  ];
  return (
    <section>
      <h3>Versions</h3>
      <dl class="windows">
        {rows.map(([label, text]) =>
          text && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <Text text={text} />
              </dd>
            </div>
          )
        )}
      </dl>
    </section>
  );
}

/** Its numbers, which are grey as soon as they may be old. */
function Figures(
  { store, member }: { store: RigStore; member: Member },
): JSX.Element {
  const { devices = [], fans = [], pools = [] } = member.telemetry ?? {};
  const { trouble } = member;
  const { access } = store;
  const nowS = store.nowMs() / 1000;
  return (
    <>
      <RigSums member={member} />
      <History store={store} name={member.name} measures={MEASURES} />
      <Devices devices={devices} trouble={trouble} />
      <div class="side">
        <Fans fans={fans} trouble={trouble} />
        <Versions member={member} />
      </div>
      <Actions
        rigs={[member]}
        access={access}
        about="pools"
        onDone={() => store.readAccess()}
      >
        {(desk) => (
          <Pools pools={pools} nowS={nowS} trouble={trouble} desk={desk} />
        )}
      </Actions>
    </>
  );
}

let wasLinkFollowed = false;
addEventListener("hashchange", () => wasLinkFollowed = true);

/**
 * Takes the focus from the link that led here, and gives it back when the view
 * is left; each goes away with its view.
 *
 * @param name The rig.
 * @returns For the heading.
 */
function useFocus(name: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Who has just come to the page begins at its beginning.
    if (wasLinkFollowed && isNothingFocused()) heading.current?.focus();
    return () =>
      void requestAnimationFrame(() => {
        const link = `a[href="#/rig/${CSS.escape(encodeURIComponent(name))}"]`;
        if (!isNothingFocused()) return;
        document.querySelector<HTMLElement>(link)?.focus();
      });
  }, []);
  return heading;
}

function isNothingFocused(): boolean {
  return document.activeElement === document.body;
}

/** What the view is given. */
export interface RigViewProps {
  readonly store: RigStore;
  readonly name: string;
  /** Where all rigs are. */
  readonly home: string;
  /** Whether there are other rigs. */
  readonly hasFleet: boolean;
}

/** One rig. */
export function RigView(
  { store, name, home, hasFleet }: RigViewProps,
): JSX.Element {
  const heading = useFocus(name);
  const found = name === "default" && !store.rigs.has(name)
    ? store.access?.defaultRig ?? name
    : name;
  const member = store.rigs.get(found);
  const back = hasFleet && (
    <p>
      <a href={home}>← All rigs</a>
    </p>
  );
  if (member === undefined) {
    return (
      <>
        {back}
        <Absent store={store} name={found} home={home} />
      </>
    );
  }
  const isStale = store.isStale(found);
  const tags = Object.entries(member.tags ?? {});
  const readAgeMs = () => store.readAgeMs(found);
  return (
    <>
      {back}
      <div class="line rig-head">
        <h2 ref={heading} tabindex={-1}>
          <Text text={found} />
        </h2>
        <State member={member} />
        {member.address && (
          <WebLink address={member.address}>
            <Text text={member.address} />
          </WebLink>
        )}
        {tags.map(([key, value]) => (
          <span class="tag" key={key}>
            <Text text={`${key}:${value}`} />
          </span>
        ))}
        {member.state === "up" && (
          <span class="muted">
            {"heard "}
            <Age
              readAgeMs={readAgeMs}
            />
          </span>
        )}
      </div>
      {isStale && <p class="note">These are the last values known.</p>}
      <div class={isStale ? "stale" : ""}>
        {member.state === "up" && <TroubleList member={member} />}
        {member.state === "up" ? <Figures store={store} member={member} /> : (
          <>
            <Trouble store={store} member={member} />
            {member.taken !== undefined && (
              <History store={store} name={found} measures={MEASURES} />
            )}
          </>
        )}
      </div>
      {store.access && mayAnswer(member) && (
        <div class="command">
          <Actions
            rigs={[member]}
            access={store.access}
            title="Actions"
            // The pools' are in their table, where there is one.
            about={member.state === "up" && member.telemetry?.pools?.length
              ? "rig"
              : undefined}
            onDone={() => store.readAccess()}
          />
        </div>
      )}
      <CommandBox rig={found} access={store.access} />
    </>
  );
}

/** Whether a rig might do what it is told: one that is down may still answer. */
function mayAnswer({ state, problem }: Member): boolean {
  const { code = "" } = problem ?? {};
  return state !== "down" || code === "rig-no-data" ||
    code.startsWith("rig-reply-");
}
