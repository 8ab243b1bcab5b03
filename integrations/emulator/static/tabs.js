// The tabs beside the phone; on a phone's width they hold the phone and the people too.

import { byId } from "./dom.js";

const SMALL = window.matchMedia("(max-width: 480px)");
const listeners = [];

const shown = () => [...byId("tabs").children].filter((tab) => SMALL.matches || !("small" in tab.dataset));

export const current = () => document.body.dataset.tab;
export const onShow = (listener) => listeners.push(listener);

export function show(name, { onlySmall = false, focus = false } = {}) {
  if (onlySmall && !SMALL.matches) return;
  const tabs = [...byId("tabs").children];
  document.body.dataset.tab = name;
  for (const tab of tabs) {
    const chosen = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
    if (chosen) delete tab.dataset.news;
  }
  document.querySelectorAll("[data-panel]").forEach((panel) => {
    panel.hidden = panel.dataset.panel !== name;
  });
  listeners.forEach((listener) => listener(name));
}

/** A dot on a tab that is not open. */
export function markNews(name) {
  const tab = byId(`tab-${name}`);
  if (current() !== name) tab.dataset.news = "true";
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

function move(event) {
  const tabs = shown();
  const at = tabs.findIndex((tab) => tab.dataset.tab === current());
  const to = event.key === "Home" ? 0 : event.key === "End" ? tabs.length - 1 : at + (STEPS[event.key] ?? NaN);
  if (Number.isNaN(to)) return;
  event.preventDefault();
  show(tabs[(to + tabs.length) % tabs.length].dataset.tab, { focus: true });
}

export function startTabs() {
  byId("tabs").addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) show(tab.dataset.tab);
  });
  byId("tabs").addEventListener("keydown", move);
  const fit = () => show(SMALL.matches ? "talk" : "sms");
  SMALL.addEventListener("change", fit);
  fit();
}
