import type { ClassDocument, FundDocument, PoolDocument, TrialDocument } from "../document.js";
import { changePool, setClasses, setFund, setPart } from "../edit.js";
import type { Json } from "../notation.js";
import { element, fault, labelled } from "./element.js";
import { amountInput, jsonInput, textInput } from "./inputs.js";
import type { Editing } from "./layer-form.js";

/** What stands around the layers: asset, reserves, funds, classes, and what is rarer as JSON. */
export function poolForm(editing: Editing, rebuild: () => void): HTMLElement {
  const { pool, seized, before } = editing.current();
  const form = element("div", { class: "pool-form" });
  const change = (parts: Partial<PoolDocument>): void => editing.change(changePool(editing.current(), parts));
  form.append(
    element(
      "div",
      { class: "pair" },
      labelled(
        "Asset",
        textInput(
          pool.asset,
          (asset) => change({ asset }),
          (text) => (text === "" ? "Type a name." : undefined),
        ),
      ),
      labelled("Decimals", decimalsInput(editing, rebuild)),
    ),
    labelled(
      "Reserves",
      amountInput(pool.reserves ?? "0", pool.decimals, (reserves) => change({ reserves })),
    ),
  );
  form.append(
    heading("Funds"),
    ...fundRows(editing, rebuild),
    heading("Classes, senior first"),
    ...classRows(editing, rebuild),
  );
  const json = (
    label: string,
    help: string,
    value: unknown,
    set: (next: Json | undefined) => TrialDocument,
  ): HTMLElement =>
    labelled(
      label,
      jsonInput(value, (next) => editing.change(set(next as Json | undefined))),
      help,
    );
  const more = element(
    "details",
    {},
    element("summary", {}, "Groups, prices, collateral, holders, actions"),
    json("Groups", "Amounts by account, by name of the group, in base units.", pool.groups, (groups) => {
      const { groups: _old, ...rest } = editing.current().pool;
      return {
        ...editing.current(),
        pool: { ...rest, ...(groups === undefined ? {} : { groups: groups as never }) },
      };
    }),
    json("Prices", "By asset, all on one scale per base unit.", pool.prices, (prices) => {
      const { prices: _old, ...rest } = editing.current().pool;
      return {
        ...editing.current(),
        pool: { ...rest, ...(prices === undefined ? {} : { prices: prices as never }) },
      };
    }),
    json("Seized collateral", "Comes with the loss: base units by asset.", seized, (next) =>
      setPart(editing.current(), "seized", next),
    ),
    json("Before the loss", "Actions on layers in order: layer, action, input.", before, (next) =>
      setPart(editing.current(), "before", next),
    ),
    json("Classes in full", "With shares, index, virtual part and holders.", pool.classes, (next) =>
      setClasses(editing.current(), (next ?? []) as unknown as readonly ClassDocument[]),
    ),
  );
  form.append(more);
  return form;
}

const heading = (words: string): HTMLElement => element("p", { class: "group-head" }, words);

function decimalsInput(editing: Editing, rebuild: () => void): HTMLElement {
  const input = element("input", { type: "text", inputmode: "numeric", autocomplete: "off" });
  input.value = `${editing.current().pool.decimals}`;
  input.addEventListener("change", () => {
    const wrong = /^\d{1,2}$/.test(input.value) && Number(input.value) <= 36 ? undefined : "Type 0 to 36.";
    fault(input, wrong);
    if (wrong !== undefined) return;
    editing.change(changePool(editing.current(), { decimals: Number(input.value) }));
    rebuild();
  });
  return input;
}

function fundRows(editing: Editing, rebuild: () => void): HTMLElement[] {
  const { pool } = editing.current();
  const rows = Object.entries(pool.funds ?? {}).map(([id, fund]) => {
    const now = (): FundDocument => editing.current().pool.funds?.[id] ?? fund;
    const decimals = fund.asset === undefined ? pool.decimals : 0;
    return element(
      "div",
      { class: "entry" },
      labelled(
        fund.asset === undefined ? id : `${id}, base units of ${fund.asset}`,
        amountInput(fund.balance, decimals, (balance) =>
          editing.change(setFund(editing.current(), id, { ...now(), balance })),
        ),
      ),
      remover(`fund ${id}`, () => {
        editing.change(setFund(editing.current(), id, undefined));
        rebuild();
      }),
    );
  });
  return [
    ...rows,
    adder("Add a fund", "New fund", Object.keys(pool.funds ?? {}), (id) => {
      editing.change(setFund(editing.current(), id, { balance: "0" }));
      rebuild();
    }),
  ];
}

function classRows(editing: Editing, rebuild: () => void): HTMLElement[] {
  const classes = editing.current().pool.classes ?? [];
  const rows = classes.map((entry, index) => {
    const set = (change: (old: ClassDocument) => ClassDocument): void => {
      const now = editing.current().pool.classes ?? [];
      editing.change(
        setClasses(
          editing.current(),
          now.map((old, at) => (at === index ? change(old) : old)),
        ),
      );
    };
    const amount =
      entry.index === undefined
        ? amountInput(entry.assets, editing.current().pool.decimals, (assets) =>
            set((old) => ({ ...old, assets })),
          )
        : element("output", {}, "kept by an index; edit it below in full");
    return element(
      "div",
      { class: "entry" },
      labelled(entry.id, amount),
      remover(`class ${entry.id}`, () => {
        editing.change(
          setClasses(
            editing.current(),
            (editing.current().pool.classes ?? []).filter((_, at) => at !== index),
          ),
        );
        rebuild();
      }),
    );
  });
  return [
    ...rows,
    adder(
      "Add a class",
      "New class",
      classes.map(({ id }) => id),
      (id) => {
        editing.change(
          setClasses(editing.current(), [...(editing.current().pool.classes ?? []), { id, assets: "0" }]),
        );
        rebuild();
      },
    ),
  ];
}

const remover = (what: string, act: () => void): HTMLElement =>
  element(
    "button",
    { type: "button", class: "quiet", click: act },
    "Remove",
    element("span", { class: "hidden" }, ` ${what}`),
  );

function adder(
  words: string,
  label: string,
  taken: readonly string[],
  act: (id: string) => void,
): HTMLElement {
  const input = element("input", { type: "text", autocomplete: "off" });
  const add = (): void => {
    const id = input.value.trim();
    const wrong =
      id === "" ? "Type a name first." : taken.includes(id) ? "There is one of this name." : undefined;
    fault(input, wrong);
    if (wrong === undefined) act(id);
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") add();
  });
  return element(
    "div",
    { class: "entry" },
    labelled(label, input),
    element("button", { type: "button", class: "quiet", click: add }, words),
  );
}
