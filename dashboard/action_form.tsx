/**
 * What has to be chosen before an action, and the sentence that says what will
 * happen. Its parts that are no elements are pure.
 *
 * @module
 */

import type { JSX, TargetedSubmitEvent } from "npm:preact@11";
import { useEffect, useRef, useState } from "npm:preact@11/hooks";
import {
  type Action,
  type Choice,
  type DeviceChoice,
  listDevices,
  listPools,
  makeOrder,
  type Order,
  type PoolChoice,
  quoteText,
  type Rights,
} from "./action_table.ts";
import type { Member } from "./figures.ts";

/**
 * Makes the parameter of `addpool`, which `api.c` splits at commas; `\` takes
 * the next character as it is.
 *
 * @param url The pool.
 * @param user Its user.
 * @param password Its password; an empty one would be refused.
 * @returns The parameter.
 */
export function joinPoolDetails(
  url: string,
  user: string,
  password: string,
): string {
  return [url, user, password].map(escapePart).join(",");
}

function escapePart(text: string): string {
  return text.replace(/[\\,]/g, "\\$&");
}

/**
 * Moves an entry of a list up or down.
 *
 * @param order The list.
 * @param at Which entry.
 * @param by -1 up, 1 down.
 * @returns The list with both exchanged; the same at its end.
 */
export function moveEntry<T>(
  order: readonly T[],
  at: number,
  by: -1 | 1,
): readonly T[] {
  const first = Math.min(at, at + by);
  const pair = order.slice(first, first + 2).reverse();
  return first < 0 || pair.length < 2
    ? order
    : order.toSpliced(first, 2, ...pair);
}

/** How many rigs a form names. */
const MAX_NAMES = 5;

/**
 * Names the rigs of a form.
 *
 * @param names The rigs' names.
 * @returns `a, b, c, d, e and 2 more`.
 */
export function listNames(names: readonly string[]): string {
  const first = names.slice(0, MAX_NAMES).map((name) => quoteText(name, 30));
  const rest = names.length - first.length;
  return first.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/**
 * Gives the pool that a form has chosen when it opens.
 *
 * @param action The action.
 * @param pools The pools there are.
 * @returns The one that most likely is meant, if there is any.
 */
export function choosePool(
  { name }: Action,
  pools: readonly PoolChoice[],
): PoolChoice | undefined {
  const isLikely = ({ isActive, isDisabled, isEnabled }: PoolChoice) =>
    name === "enablepool" ? isDisabled : !isActive && isEnabled;
  return pools.find(isLikely) ?? pools[0];
}

/**
 * Gives the order that a form has when it opens.
 *
 * @param pools The pools there are.
 * @returns All of them, by priority.
 */
export function orderPools(pools: readonly PoolChoice[]): PoolChoice[] {
  return pools.toSorted((one, other) => one.priority - other.priority);
}

/**
 * Says what has become of what was chosen.
 *
 * @param chosen The pool.
 * @param pools Those there are now.
 * @returns Why it cannot be meant any more; undefined if its number still
 * stands for the same URL.
 */
export function findLoss(
  chosen: PoolChoice | undefined,
  pools: readonly PoolChoice[],
): string | undefined {
  if (chosen === undefined) return "There is nothing to choose from";
  const now = pools.find(({ index }) => index === chosen.index);
  if (now === undefined) return `${chosen.words} is gone`;
  return now.urls === chosen.urls
    ? undefined
    : `${chosen.words} has changed: it is ${now.words} now`;
}

/** What a form acts on. */
interface Scope {
  readonly action: Action;
  /** One or more. */
  readonly rigs: readonly Member[];
  readonly access: Rights;
  /** The number of the pool that is meant at first. */
  readonly pool?: number | undefined;
}

/** What a form is given. */
interface ActionFormProps extends Scope {
  /** Whether another action is under way. */
  readonly isRunning: boolean;
  /** Called with what was chosen. */
  readonly onOrder: (order: Order) => void;
  /** Called when what was chosen is gone. */
  readonly onLost: () => void;
  /** Called when nothing shall happen. */
  readonly onCancel: () => void;
}

/** The form of an action. */
export function ActionForm(
  { isRunning, onOrder, onLost, onCancel, ...scope }: ActionFormProps,
): JSX.Element {
  const { action, rigs } = scope;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("select, input, button")?.focus();
  }, []);
  const choice = useChoice(scope);
  const order = makeOrder(action, rigs, choice);
  const { loss } = choice;
  useEffect(() => {
    if (loss !== undefined) onLost();
  }, [loss]);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (loss !== undefined) return;
    onOrder(
      action.needs === "newPool"
        ? makeOrder(action, rigs, takePoolDetails(event.currentTarget))
        : order,
    );
  };
  return (
    <form
      class="action-form"
      ref={form}
      autocomplete="off"
      aria-label={action.title}
      onSubmit={submit}
      onKeyDown={({ key }) => key === "Escape" && onCancel()}
    >
      {choice.fields}
      {rigs.length > 1 && (
        <p>
          Rigs: <bdi>{listNames(order.names)}</bdi>
        </p>
      )}
      <p class="action-sentence" role="status">
        {loss === undefined ? order.sentence : `${loss}. Choose anew.`}
      </p>
      <div class="action-buttons">
        <button
          type="submit"
          class="primary"
          disabled={isRunning ||
            loss !== undefined}
        >
          {action.title}
          {action.isAsked ? "…" : ""}
        </button>
        <button type="button" onClick={onCancel}>Cancel</button>
      </div>
    </form>
  );
}

/** What is chosen now, and the fields to choose it with. */
interface ChoiceFields extends Choice {
  readonly fields?: JSX.Element;
  /** Why what was chosen cannot be meant any more. */
  readonly loss?: string | undefined;
}

/** An action's needs never change: these are the same hooks each time. */
function useChoice(scope: Scope): ChoiceFields {
  const { action, rigs } = scope;
  switch (action.needs) {
    case "pool":
      return usePool(scope);
    case "device":
      return useDevice(scope);
    case "order":
      return usePoolOrder(rigs);
    case "newPool":
      return { fields: <NewPoolFields /> };
    case "watts":
      return useWatts();
    default:
      return action;
  }
}

/** What the rigs do later does not change what is chosen. */
function usePool({ action, rigs, pool }: Scope): ChoiceFields {
  const pools = listPools(rigs);
  const [chosen, setChosen] = useState(() =>
    pools.find(({ index }) => index === pool) ?? choosePool(action, pools)
  );
  const loss = findLoss(chosen, pools);
  const options = pools.map((
    { index, words, isActive, isDisabled },
  ): Option => [
    String(index),
    words + (isActive ? ", in use" : isDisabled ? ", disabled" : ""),
  ]);
  const choose = (key: string) =>
    setChosen(pools.find(({ index }) => String(index) === key));
  const value = chosen && String(chosen.index);
  return {
    parameter: value,
    words: { pool: chosen?.words },
    loss,
    fields: makeSelect("Pool", options, loss ? undefined : value, choose),
  };
}

function useDevice({ action, rigs, access }: Scope): ChoiceFields {
  const devices = listDevices(rigs, action, access);
  const [chosen, setChosen] = useState<DeviceChoice | undefined>(devices[0]);
  const isThere = devices.some(({ name }) => name === chosen?.name);
  const options = devices.map(({ name }): Option => [name, name]);
  const choose = (key: string) =>
    setChosen(devices.find(({ name }) => name === key));
  return {
    kind: chosen?.kind,
    parameter: chosen?.number,
    words: { device: chosen?.name },
    loss: isThere ? undefined : `${chosen?.name ?? "The device"} is gone`,
    fields: makeSelect(
      "Device",
      options,
      isThere ? chosen?.name : undefined,
      choose,
    ),
  };
}

/** The key of an option, and what it says. */
type Option = readonly [string, string];

/** @param value What is chosen; undefined: nothing now. */
function makeSelect(
  label: string,
  options: readonly Option[],
  value: string | undefined,
  onChoose: (key: string) => void,
): JSX.Element {
  return (
    <label>
      {label}
      <select
        value={value ?? ""}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {value === undefined && <option value="" disabled selected>–</option>}
        {options.map(([key, words]) => (
          <option key={key} value={key} selected={key === value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function usePoolOrder(rigs: readonly Member[]): ChoiceFields {
  const pools = listPools(rigs);
  const [chosen, setChosen] = useState<readonly PoolChoice[]>(() =>
    orderPools(pools)
  );
  const losses = chosen.map((pool) => findLoss(pool, pools));
  const loss = losses.find((each) => each !== undefined);
  const move = (at: number, by: -1 | 1) => setChosen(moveEntry(chosen, at, by));
  const fields = (
    <ol class="action-order" aria-label="Pools, the first choice first">
      {chosen.map(({ index, words }, at) => (
        <li key={index}>
          <button
            type="button"
            aria-label={`Move pool ${index} up`}
            aria-disabled={at === 0}
            onClick={() => move(at, -1)}
          >
            ↑
          </button>
          <button
            type="button"
            aria-label={`Move pool ${index} down`}
            aria-disabled={at === chosen.length - 1}
            onClick={() =>
              move(at, 1)}
          >
            ↓
          </button>
          <span>{words}</span>
        </li>
      ))}
    </ol>
  );
  const order = chosen.map(({ index }) => index);
  return {
    parameter: order.join(","),
    words: { order: order.join(", ") },
    loss: loss && `${loss}. Cancel this`,
    fields,
  };
}

/** More than any rig takes, and less than an `int` holds. */
const MAX_WATTS = 100_000;

function useWatts(): ChoiceFields {
  const [watts, setWatts] = useState("");
  const fields = (
    <label>
      Watts
      <input
        type="number"
        required
        min="1"
        max={MAX_WATTS}
        step="1"
        value={watts}
        onInput={({ currentTarget }) => setWatts(currentTarget.value)}
      />
    </label>
  );
  return {
    value: Number(watts),
    words: { watts: watts ? `${Number(watts)} W` : "what is given here" },
    fields,
  };
}

function NewPoolFields(): JSX.Element {
  return (
    <>
      <label>
        Pool URL
        <input
          name="url"
          required
          spellcheck={false}
          autocapitalize="off"
          placeholder="stratum+tcp://pool.example:3333"
        />
      </label>
      <label>
        User
        <input
          name="user"
          required
          autocomplete="off"
          spellcheck={false}
          autocapitalize="off"
        />
      </label>
      <label>
        Password
        <input
          name="password"
          type="password"
          required
          autocomplete="new-password"
          aria-describedby="password-note"
        />
      </label>
      <p id="password-note">
        Many pools take any, such as x; the rig does not take an empty one.
      </p>
    </>
  );
}

/** Takes what was typed, and leaves none of it in the page. */
function takePoolDetails(form: HTMLFormElement): Choice {
  const read = (name: string) => String(new FormData(form).get(name) ?? "");
  const [url, user, pass] = [
    read("url").trim(),
    read("user"),
    read("password"),
  ];
  form.reset();
  return {
    parameter: joinPoolDetails(url, user, pass),
    value: [{ url, user, pass }],
    secret: pass,
  };
}
