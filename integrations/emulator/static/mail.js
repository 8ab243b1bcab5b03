// The inbox of a person, and of everyone.

import { byId, el, linked, reconcile, shortTime } from "./dom.js";
import { banner } from "./notify.js";
import { onChange, person, state } from "./state.js";
import { scope } from "./sms.js";
import { markNews, show } from "./tabs.js";

const KEPT = 200;

let everyone = false;
let opened = null;
let parts = null;

const listed = (to) => (Array.isArray(to) ? to : [to ?? ""]);
const isTo = (mail, address) =>
  Boolean(address) && listed(mail.to).some((each) => each.toLowerCase().includes(address.toLowerCase()));

function open(id) {
  opened = id;
  draw();
  (id ? parts.letter.querySelector("button") : parts.list.querySelector("button"))?.focus();
}

function summary(mail) {
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "mail-row", data: { testid: "mail" }, on: { click: () => open(mail.id) } },
      el("span", { class: "mail-from", text: everyone ? `${mail.from} → ${listed(mail.to).join(", ")}` : mail.from }),
      el("time", { class: "mail-time", dateTime: mail.at, text: shortTime(mail.at) }),
      el("strong", { class: "mail-subject", text: mail.subject || "(件名なし)" }),
      el("span", { class: "mail-snippet", text: (mail.text ?? "").replace(/\s+/g, " ").slice(0, 90) }),
    ),
  );
}

export function headerRows(headers) {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers ?? {});
  return el(
    "dl",
    { class: "headers" },
    ...pairs.flatMap(([name, value]) => [el("dt", { text: name }), el("dd", { text: String(value) })]),
  );
}

function folded(title, content) {
  return el("details", { class: "folded" }, el("summary", { text: title }), content);
}

// The HTML part is shown as its source: a stranger's markup has no business on a page that can act for people.
function letter(mail) {
  return el(
    "article",
    { class: "letter", data: { testid: "letter" } },
    el("button", {
      type: "button",
      class: "plain",
      text: "‹ 受信箱",
      title: "Back to the inbox",
      on: { click: () => open(null) },
    }),
    el("h3", { text: mail.subject || "(件名なし)" }),
    el(
      "p",
      { class: "hint" },
      el("span", { text: `差出人 ${mail.from}` }),
      el("br"),
      el("span", { text: `宛先 ${listed(mail.to).join(", ")}` }),
      el("br"),
      shortTime(mail.at),
    ),
    el("div", { class: "letter-text" }, linked(mail.text ?? "")),
    mail.html ? folded("HTMLの中身 (source)", el("pre", { tabIndex: 0, text: mail.html })) : "",
    folded("ヘッダー (headers)", headerRows(mail.headers)),
  );
}

function draw() {
  const who = person();
  const chosen = [...state.mail.values()]
    .filter((mail) => everyone || isTo(mail, who?.mail))
    .slice(-KEPT)
    .reverse();
  const shown = chosen.find((mail) => mail.id === opened);
  parts.title.textContent = everyone ? "すべてのメール" : who ? `${who.name} さんのメール` : "メール";
  parts.address.textContent = everyone ? "" : (who?.mail ?? "");
  parts.list.hidden = Boolean(shown);
  parts.empty.hidden = chosen.length > 0;
  reconcile(
    parts.list,
    chosen.map((mail) => ({ key: mail.id, signature: String(everyone), build: () => summary(mail) })),
  );
  reconcile(parts.letter, shown ? [{ key: shown.id, signature: "", build: () => letter(shown) }] : []);
}

function announce({ mail }) {
  for (const each of mail) {
    markNews("mail");
    const toOpen = () => {
      show("mail");
      open(each.id);
    };
    if (isTo(each, person()?.mail))
      banner({ app: "mail", title: each.subject || each.from, text: (each.text ?? "").slice(0, 120), open: toOpen });
  }
}

export function startMail() {
  parts = {
    title: el("h2"),
    address: el("p", { class: "hint" }),
    list: el("ul", { class: "mail-list", "aria-label": "受信箱", data: { testid: "mail-list" } }),
    letter: el("div", { class: "letter-place" }),
    empty: el("p", { class: "empty", text: "メールはまだ届いていません" }),
  };
  byId("panel-mail").append(
    el(
      "div",
      { class: "panel-head" },
      el("div", {}, parts.title, parts.address),
      scope((all) => {
        everyone = all;
        draw();
      }),
    ),
    parts.empty,
    parts.list,
    parts.letter,
  );
  onChange((arrived) => {
    draw();
    announce(arrived);
  });
}
