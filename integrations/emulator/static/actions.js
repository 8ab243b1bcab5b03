// What a tap on a button of a message does (developers.line.biz/en/reference/messaging-api/#action-objects).

import { post } from "./api.js";
import { anchor, byId, el, isOpenable } from "./dom.js";
import { dialog, field, toast } from "./notify.js";
import { state } from "./state.js";

const INPUT = { date: "date", time: "time", datetime: "datetime-local" };
const NOT_HERE = new Set(["camera", "location", "richmenuswitch"]);

/** Does what the person did; false, and a toast with the reason, when the emulator refused or is gone. */
export async function act(deed, body = {}) {
  try {
    await post(`line/${encodeURIComponent(state.selected)}/${deed}`, body);
    return true;
  } catch (error) {
    toast(`送れませんでした: ${error.message}`, "bad");
    return false;
  }
}

// LINE's reference writes a date-time with "t" in its table and with "T" in its examples; both are accepted.
const forInput = (value) => (value ?? "").replace("t", "T");

async function pickDate({ data, label, mode, min, max, initial }) {
  const input = el("input", {
    type: INPUT[mode],
    name: "when",
    required: true,
    min: forInput(min),
    max: forInput(max),
    value: forInput(initial),
  });
  const range = min || max ? `${forInput(min)} 〜 ${forInput(max)}`.replaceAll("T", " ") : null;
  const title = label || "日時をえらぶ";
  if (!(await dialog({ title, fields: [field(mode === "time" ? "時刻" : "日付", input, range)], confirm: "決定" })))
    return;
  act("date", { data, label, mode, params: { [mode]: input.value } });
}

async function copy({ clipboardText }) {
  try {
    await navigator.clipboard.writeText(clipboardText);
    toast("コピーしました");
  } catch {
    toast(`コピーできませんでした。文字: ${clipboardText}`, "bad");
  }
}

function answerWithKeyboard(fillInText) {
  const input = byId("text");
  input.value = fillInText ?? "";
  input.dispatchEvent(new Event("input"));
  input.focus();
}

async function sendPostback({ data, displayText, text, label, inputOption, fillInText }) {
  // The deprecated `text` is a message that the person sends; `displayText` is only shown.
  if (text) await act("text", { text });
  await act("postback", { data, displayText, label });
  if (inputOption === "openKeyboard") answerWithKeyboard(fillInText);
}

const asBase64 = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

const PICTURES = ["image/png", "image/jpeg"];

/** Opens the phone's own pictures and files, and sends the one that is chosen. */
export function sendPicture() {
  const input = el("input", { type: "file", accept: "image/*,video/*,audio/*,application/pdf" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    const deed = PICTURES.includes(file?.type) ? "image" : "file";
    if (file) act(deed, { type: file.type, name: file.name, data: await asBase64(file) });
  });
  input.click();
}

const DEEDS = {
  message: ({ text }) => act("text", { text }),
  postback: sendPostback,
  datetimepicker: pickDate,
  clipboard: copy,
  cameraRoll: sendPicture,
  uri: ({ uri }) => toast(`このリンクはここでは開けません: ${uri}`),
};

/** The control for an action: a link for an address, else a button; what an emulator cannot do is shown disabled. */
export function control(action, className, ...children) {
  const content = children.length ? children : [action.label ?? action.text ?? ""];
  if (action.type === "uri" && isOpenable(action.uri)) {
    const link = anchor(action.uri, "", className);
    link.append(...content);
    link.dataset.action = "uri";
    return link;
  }
  const able = action.type in DEEDS && !NOT_HERE.has(action.type);
  return el(
    "button",
    {
      type: "button",
      class: className,
      disabled: !able,
      data: { action: action.type },
      title: able ? null : "エミュレーターでは使えません (not available here)",
      on: { click: () => DEEDS[action.type](action) },
    },
    ...content,
  );
}
