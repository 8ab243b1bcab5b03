// The fault panel: what goes wrong, where, how often. Each change is the whole table again (PUT /emulator/faults).

import { hurry, put } from "./api.js";
import { byId, el, panelHead, reconcile } from "./dom.js";
import { field, toast } from "./notify.js";
import { onChange, state } from "./state.js";

const CALLS = ["status", "status_after", "drop_after", "drop_before", "delay", "timeout", "timeout_after"];
const TOKENS = [
  ...CALLS,
  ...["wrong_nonce", "wrong_audience", "wrong_issuer", "expired", "forged", "unsigned", "unverified", "new_key"],
  "second_factor",
];
const SENT = ["duplicate", "reorder", "redeliver", "drop", "delay"];
const PLACES = {
  line: { name: "LINE すべて", english: "every LINE API", kinds: CALLS },
  "line.reply": { name: "LINE 応答メッセージ", english: "reply API", kinds: CALLS },
  "line.push": { name: "LINE プッシュメッセージ", english: "push API", kinds: CALLS },
  webhook: { name: "LINE Webhook", english: "events to the counter", kinds: SENT },
  "twilio.create": { name: "SMSの送信", english: "Messages API", kinds: CALLS },
  "twilio.callback": { name: "SMSの状態通知", english: "status callbacks", kinds: SENT },
  "twilio.inbound": { name: "SMSの受信通知", english: "inbound messages", kinds: SENT },
  smtp: { name: "メールの送信", english: "SMTP", kinds: CALLS },
  vendor: { name: "ギフト会社 すべて", english: "every gift vendor API", kinds: CALLS },
  office: { name: "業務システムへの通知", english: "webhooks of the counter", kinds: CALLS },
  oidc: { name: "職場のサインイン すべて", english: "every page of the office's sign-in", kinds: CALLS },
  "oidc.token": { name: "職場のサインインの証明", english: "ID tokens of the office's sign-in", kinds: TOKENS },
  "vendor.issue": { name: "ギフトの発行", english: "issue a gift", kinds: CALLS },
  "vendor.redeem": { name: "コードの発行", english: "redeem for a code", kinds: CALLS },
  "vendor.get": { name: "ギフトの照会", english: "get a gift", kinds: CALLS },
};
const KINDS = {
  status: { name: "エラーを返す", english: "answer with a status", takes: ["status"] },
  status_after: { name: "受け取ってエラーを返す", english: "done, yet a status", takes: ["status"] },
  drop_after: { name: "受け取って、返事の前に切る", english: "done, answer lost" },
  drop_before: { name: "受け取らずに切る", english: "not done, connection cut" },
  delay: { name: "遅れて返す", english: "slow", takes: ["seconds"] },
  timeout: { name: "受け取らず、返事もしない", english: "not done, never answers" },
  timeout_after: { name: "受け取って、返事をしない", english: "done, never answers" },
  duplicate: { name: "二重に送る", english: "sent twice" },
  reorder: { name: "順番を入れかえる", english: "out of order" },
  redeliver: { name: "再送する", english: "isRedelivery" },
  drop: { name: "送らない", english: "lost" },
  wrong_nonce: { name: "ほかのサインインの証明", english: "wrong nonce" },
  wrong_audience: { name: "ほかの相手への証明", english: "wrong aud" },
  wrong_issuer: { name: "ほかの発行者の証明", english: "wrong iss" },
  expired: { name: "期限が切れた証明", english: "expired" },
  forged: { name: "知らない鍵の署名", english: "forged signature" },
  unsigned: { name: "署名がない", english: "alg none" },
  unverified: { name: "メールアドレスを確かめていない", english: "email not verified" },
  new_key: { name: "鍵を替えたばかり", english: "key rotated" },
  second_factor: { name: "二つ目の確認もした", english: "amr names mfa" },
};
const PRESETS = [
  ["LINE 応答が 500 を3回", "line.reply", { do: "status", status: 500, times: 3 }],
  ["プッシュの返事が届かない (3回)", "line.push", { do: "drop_after", times: 3 }],
  ["LINE が 429 を返す (5回)", "line.push", { do: "status", status: 429, times: 5 }],
  ["Webhook が二重に届く", "webhook", { do: "duplicate" }],
  ["Webhook の順番が変わる", "webhook", { do: "reorder" }],
  ["SMS の送信が3秒遅れる", "twilio.create", { do: "delay", seconds: 3 }],
  ["SMS の送信が 500 を2回", "twilio.create", { do: "status", status: 500, times: 2 }],
  ["メールが 451 で断られる (2回)", "smtp", { do: "status", status: 451, times: 2 }],
  ["コードの返事が届かない (1回)", "vendor.redeem", { do: "drop_after", times: 1 }],
  ["ギフト会社が遅い (5秒)", "vendor", { do: "delay", seconds: 5 }],
  ["業務システムが 503 を2回", "office", { do: "status", status: 503, times: 2 }],
  ["ギフト会社が 503 を5回", "vendor", { do: "status", status: 503, times: 5 }],
];

let parts = null;

async function save(faults, said) {
  try {
    await put("faults", faults);
    toast(said);
    hurry();
  } catch (error) {
    toast(`変えられませんでした: ${error.message}`, "bad");
  }
}

const rulesAt = (place) => (Array.isArray(state.faults?.[place]) ? state.faults[place] : []);
const add = (place, rule) => save({ ...state.faults, [place]: [...rulesAt(place), rule] }, "障害を加えました");

function remove(place, index) {
  const rest = rulesAt(place).filter((_, at) => at !== index);
  const { [place]: _, ...others } = state.faults;
  save(rest.length ? { ...others, [place]: rest } : others, "障害を1つ外しました");
}

function inWords(rule) {
  const { name = rule.do, takes = [] } = KINDS[rule.do] ?? {};
  const details = [
    takes.includes("status") && `番号 ${rule.status}`,
    rule.seconds && `${rule.seconds}秒`,
    rule.share !== undefined && rule.share !== null && rule.share < 1 && `${Math.round(rule.share * 100)}%の割合`,
    rule.times === 0 ? "済み" : rule.times ? `あと${rule.times}回` : "ずっと",
  ];
  return `${name}(${details.filter(Boolean).join("、")})`;
}

function ruleRow(place, rule, index) {
  const words = inWords(rule);
  return el(
    "li",
    { class: "fault", data: { testid: "fault" } },
    el(
      "span",
      { class: "fault-words" },
      el("strong", { text: PLACES[place]?.name ?? place }),
      el("span", { text: words }),
    ),
    el("button", {
      type: "button",
      class: "plain",
      text: "外す",
      title: "Remove",
      "aria-label": `外す: ${PLACES[place]?.name ?? place} ${words}`,
      on: { click: () => remove(place, index) },
    }),
  );
}

function draw() {
  const rules = Object.keys(state.faults ?? {}).flatMap((place) =>
    rulesAt(place).map((rule, index) => ({ place, rule, index })),
  );
  reconcile(
    parts.list,
    rules.map(({ place, rule, index }) => ({
      key: `${place} ${index}`,
      signature: JSON.stringify(rule),
      build: () => ruleRow(place, rule, index),
    })),
  );
  parts.empty.hidden = rules.length > 0;
  parts.clear.disabled = !rules.length;
  const tab = byId("tab-faults");
  if (rules.length) tab.dataset.alarm = "true";
  else delete tab.dataset.alarm;
}

const option = (table) => (value) => el("option", { value, text: `${table[value].name} — ${table[value].english}` });

function number(name, properties) {
  return el("input", { type: "number", name, inputMode: "decimal", ...properties });
}

const takesOf = (kind) => KINDS[kind].takes ?? [];

function ruleOf(form) {
  const { kind, status, seconds, share, times } = form.elements;
  const rule = { do: kind.value };
  const takes = takesOf(kind.value);
  if (takes.includes("status")) rule.status = Number(status.value);
  if (takes.includes("seconds")) rule.seconds = Number(seconds.value);
  if (Number(share.value) < 100) rule.share = Number(share.value) / 100;
  if (times.value) rule.times = Number(times.value);
  return rule;
}

/** The number fields of a kind are shown and asked for; those of the others are not. */
function fitTo(kind, labels) {
  for (const [name, label] of Object.entries(labels)) {
    label.hidden = !takesOf(kind).includes(name);
    label.querySelector("input").disabled = label.hidden;
  }
}

function ownForm() {
  const place = el("select", { name: "place" }, ...Object.keys(PLACES).map(option(PLACES)));
  const kind = el("select", { name: "kind" });
  const labels = {
    status: field("番号 (status)", number("status", { value: "500", min: "400", max: "599", required: true })),
    seconds: field(
      "秒 (seconds)",
      number("seconds", { value: "3", min: "0", max: "120", step: "0.1", required: true }),
    ),
  };
  const share = field("割合 % (share)", number("share", { value: "100", min: "1", max: "100", required: true }));
  const times = field("回数 (times)", number("times", { min: "1", placeholder: "ずっと" }));
  const fill = () => {
    kind.replaceChildren(...PLACES[place.value].kinds.map(option(KINDS)));
    fitTo(kind.value, labels);
  };
  place.addEventListener("change", fill);
  kind.addEventListener("change", () => fitTo(kind.value, labels));
  fill();
  const addIt = (event) => {
    event.preventDefault();
    add(place.value, ruleOf(event.target));
  };
  return el(
    "form",
    { class: "fault-form", on: { submit: addIt } },
    field("どこで", place),
    field("なにが", kind),
    el("div", { class: "fault-numbers" }, labels.status, labels.seconds, share, times),
    el("button", { type: "submit", class: "strong", text: "加える", title: "Add this fault" }),
  );
}

export function startFaults() {
  parts = {
    list: el("ul", { class: "fault-list", "aria-label": "いまの障害" }),
    empty: el("p", { class: "empty small", text: "いまは何も壊れていません" }),
    clear: el("button", {
      type: "button",
      class: "plain",
      text: "すべて外す",
      title: "Clear all",
      on: { click: () => save({}, "障害をすべて外しました") },
    }),
  };
  const presets = PRESETS.map(([text, place, rule]) =>
    el("button", { type: "button", class: "preset", text, on: { click: () => add(place, { ...rule }) } }),
  );
  byId("panel-faults").append(
    panelHead("障害", "相手側で起きることを、ここで起こします", parts.clear),
    el(
      "div",
      { class: "panel-scroll" },
      el("h3", { text: "いまの障害" }),
      parts.empty,
      parts.list,
      el("h3", { text: "よくある障害" }),
      el("div", { class: "presets" }, ...presets),
      el("h3", { text: "自分で決める" }),
      ownForm(),
    ),
  );
  onChange(draw);
}
