// The wire inspector: every request between the emulator and the counter, in both directions, newest first.

import { get } from "./api.js";
import { byId, el, panelHead, preciseTime, reconcile } from "./dom.js";
import { headerRows } from "./mail.js";
import { toast } from "./notify.js";
import { onChange, state } from "./state.js";
import { current, onShow } from "./tabs.js";

const KEPT = 200;
const EVERY = 1500;
const PARTY = { line: "LINE", twilio: "Twilio", smtp: "SMTP", vendor: "ギフト会社", office: "業務システム", oidc: "職場のサインイン" };
const DIRECTION = {
  in: { arrow: "→", name: "窓口から (counter → emulator)" },
  out: { arrow: "←", name: "窓口へ (emulator → counter)" },
};

let seq = 0;
let rows = [];
let asking = false;
let parts = null;

function pretty(body) {
  if (body === null || body === undefined || body === "") return "";
  if (typeof body !== "string") return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function pathOf(url) {
  try {
    const { pathname, search } = new URL(url, location.origin);
    return pathname + search;
  } catch {
    return url ?? "";
  }
}

async function copyCurl(curl) {
  try {
    await navigator.clipboard.writeText(curl);
    toast("curl をコピーしました");
  } catch {
    toast("コピーできませんでした", "bad");
  }
}

const isBad = ({ status }) => !status || Number(status) >= 400;

function section(title, content) {
  return [el("h3", { text: title }), content];
}

function detail(row) {
  const body = pretty(row.body);
  return el(
    "div",
    { class: "wire-detail" },
    el("p", { class: "wire-url", text: `${row.method ?? ""} ${row.url ?? ""}` }),
    row.note ? el("p", { class: "wire-note", text: row.note }) : "",
    row.curl
      ? el("button", {
          type: "button",
          class: "plain",
          text: "curl をコピー",
          title: "Copy as curl",
          on: { click: () => copyCurl(row.curl) },
        })
      : "",
    ...(row.headers ? section("ヘッダー (headers)", headerRows(row.headers)) : []),
    ...(body ? section("本文 (body)", el("pre", { tabIndex: 0, text: body })) : []),
    ...(row.response ? section("返事 (response)", el("pre", { tabIndex: 0, text: pretty(row.response) })) : []),
  );
}

function wireRow(row) {
  const { arrow, name } = DIRECTION[row.direction] ?? { arrow: "·", name: row.direction };
  const node = el(
    "details",
    { class: "wire-row", data: { testid: "wire", direction: row.direction, bad: String(isBad(row)) } },
    el(
      "summary",
      {},
      el("span", { class: "wire-arrow", role: "img", "aria-label": name, title: name, text: arrow }),
      el("span", { class: "wire-time", text: preciseTime(row.at) }),
      el("span", { class: "wire-party", text: PARTY[row.party] ?? row.party ?? "" }),
      el("span", { class: "wire-path" }, el("b", { text: row.method ?? "" }), ` ${pathOf(row.url)}`),
      el("span", { class: "wire-status", text: String(row.status || "—") }),
      el("span", { class: "wire-ms", text: row.ms === undefined || row.ms === null ? "" : `${Math.round(row.ms)} ms` }),
    ),
  );
  // Hundreds of rows are cheap while their details are drawn only when somebody opens one.
  node.addEventListener("toggle", () => {
    if (node.open && !node.querySelector(".wire-detail")) node.append(detail(row));
  });
  return node;
}

function wanted(row) {
  const { direction, words, bad } = parts.filter.elements;
  if (direction.value && row.direction !== direction.value) return false;
  if (bad.checked && !isBad(row)) return false;
  return (
    !words.value ||
    JSON.stringify([row.party, row.method, row.url, row.status, row.body, row.response])
      .toLowerCase()
      .includes(words.value.toLowerCase())
  );
}

function draw() {
  const shown = rows.filter(wanted).slice(-KEPT).reverse();
  parts.empty.hidden = shown.length > 0;
  reconcile(
    parts.list,
    shown.map((row) => ({ key: row.seq, signature: "", build: () => wireRow(row) })),
  );
}

/** A new emulator counts from one again. */
function forget() {
  seq = 0;
  rows = [];
}

async function ask() {
  if (asking || parts.pause.getAttribute("aria-pressed") === "true") return;
  asking = true;
  try {
    const fresh = (await get(`wire?since=${seq}`)) ?? [];
    rows = [...rows, ...fresh].slice(-5 * KEPT);
    seq = fresh.reduce((highest, row) => Math.max(highest, row.seq), seq);
    if (fresh.length) draw();
  } catch {
    forget();
  } finally {
    asking = false;
  }
}

function filterForm() {
  return el(
    "form",
    { class: "wire-filter", on: { submit: (event) => event.preventDefault(), input: draw } },
    el(
      "select",
      { name: "direction", "aria-label": "向き (direction)" },
      el("option", { value: "", text: "両方向" }),
      el("option", { value: "in", text: "→ 窓口から" }),
      el("option", { value: "out", text: "← 窓口へ" }),
    ),
    el("input", { type: "search", name: "words", placeholder: "さがす (URL・本文)", "aria-label": "さがす (search)" }),
    el("label", { class: "check" }, el("input", { type: "checkbox", name: "bad" }), "失敗だけ"),
  );
}

function togglePause(event) {
  const paused = event.target.getAttribute("aria-pressed") !== "true";
  event.target.setAttribute("aria-pressed", String(paused));
  event.target.textContent = paused ? "再開" : "一時停止";
}

function clear() {
  rows = [];
  draw();
}

export function startWire() {
  parts = {
    filter: filterForm(),
    pause: el("button", {
      type: "button",
      class: "plain",
      text: "一時停止",
      title: "Pause",
      "aria-pressed": "false",
      on: { click: togglePause },
    }),
    clear: el("button", {
      type: "button",
      class: "plain",
      text: "消す",
      title: "Clear the list",
      on: { click: clear },
    }),
    list: el("div", { class: "wire-list panel-scroll", data: { testid: "wire-list" } }),
    empty: el("p", { class: "empty", text: "まだ何も流れていません" }),
  };
  byId("panel-wire").append(
    panelHead(
      "通信",
      "窓口とのあいだを流れたもの。新しい順",
      el("div", { class: "head-buttons" }, parts.pause, parts.clear),
    ),
    parts.filter,
    parts.empty,
    parts.list,
  );
  const askIfSeen = () => {
    if (!state.connected) forget();
    else if (current() === "wire" && !document.hidden) ask();
  };
  setInterval(askIfSeen, EVERY);
  onShow(askIfSeen);
  onChange(askIfSeen);
}
