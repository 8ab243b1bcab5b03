// The campaign's clock: always in sight at the top, and moved by the phases of the notice or to any time.

import { get, hurry, post } from "./api.js";
import { byId, clockTime, dayText, el, inputTime, panelHead } from "./dom.js";
import { field, toast } from "./notify.js";
import { now, onChange, state } from "./state.js";
import { onShow } from "./tabs.js";

let phases = [];
let parts = null;

async function move(at) {
  try {
    const { counter } = (await post("clock", { at })) ?? {};
    toast(`時計を ${dayText(at)} ${clockTime(at)} にしました`);
    if (counter === false) toast("窓口の時計は動かせませんでした (the counter keeps its own clock)", "bad");
    hurry();
  } catch (error) {
    toast(`時計を動かせませんでした: ${error.message}`, "bad");
  }
}

function phase({ at, label }) {
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "phase", data: { at }, on: { click: () => move(at) } },
      el("span", { class: "phase-date", text: `${dayText(at)} ${clockTime(at)}` }),
      " ",
      el("strong", { text: label }),
    ),
  );
}

async function load() {
  try {
    phases = (await get("phases")) ?? [];
    parts.phases.replaceChildren(...phases.map(phase));
    markCurrent(now());
  } catch {
    parts.phases.replaceChildren(el("li", { class: "empty", text: "時期を読み込めませんでした" }));
  }
}

function markCurrent(time) {
  const passed = phases.filter(({ at }) => Date.parse(at) <= time).map(({ at }) => at);
  parts.phases.querySelectorAll(".phase").forEach((button) => {
    if (button.dataset.at === passed.at(-1)) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
}

function tick() {
  const time = now();
  if (!time) return;
  const text = `${dayText(time)} ${clockTime(time)}`;
  if (byId("now").textContent !== text) {
    byId("now").textContent = text;
    byId("phone-time").textContent = clockTime(time);
    parts.now.textContent = text;
    markCurrent(time);
  }
  if (!parts.free.value) parts.free.value = inputTime(time);
}

function freeForm() {
  const moveThere = (event) => {
    event.preventDefault();
    move(`${parts.free.value}:00+09:00`);
  };
  return el(
    "form",
    { class: "free-clock", on: { submit: moveThere } },
    field("好きな日時 (日本時間)", parts.free),
    el("button", { type: "submit", class: "strong", text: "動かす", title: "Move the clock" }),
  );
}

export function startClock() {
  parts = {
    now: el("p", { class: "big-clock", text: "—" }),
    phases: el("ol", { class: "phases", "aria-label": "お知らせの時期" }),
    free: el("input", { type: "datetime-local", name: "at", required: true }),
  };
  byId("panel-clock").append(
    panelHead("キャンペーンの時計", "お知らせの期限は、この時計で判断されます"),
    el(
      "div",
      { class: "panel-scroll" },
      parts.now,
      el("h3", { text: "お知らせの時期" }),
      parts.phases,
      el("h3", { text: "ほかの日時" }),
      freeForm(),
    ),
  );
  setInterval(tick, 1000);
  onShow((name) => {
    if (name === "clock") load();
  });
  onChange(() => {
    tick();
    if (state.connected && !phases.length) load();
  });
}
