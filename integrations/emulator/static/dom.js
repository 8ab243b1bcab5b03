// Small tools for drawing. Text only ever enters the page as a text node: nothing a message says can become markup.

const SVG = "http://www.w3.org/2000/svg";
const LINK = /https?:\/\/[^\s<>"'「」『』（）、。　]+/g;
const TOKYO = "Asia/Tokyo";

const CLOCK = new Intl.DateTimeFormat("ja-JP", {
  timeZone: TOKYO,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const DAY = new Intl.DateTimeFormat("ja-JP", {
  timeZone: TOKYO,
  year: "numeric",
  month: "long",
  day: "numeric",
  weekday: "short",
});
const SHORT = new Intl.DateTimeFormat("ja-JP", {
  timeZone: TOKYO,
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const PRECISE = new Intl.DateTimeFormat("ja-JP", {
  timeZone: TOKYO,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
// Swedish writes ISO order, which is what <input type="datetime-local"> wants.
const SORTABLE = new Intl.DateTimeFormat("sv-SE", { timeZone: TOKYO, dateStyle: "short", timeStyle: "short" });

const format = (formatter) => (at) => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : formatter.format(date);
};
export const clockTime = format(CLOCK);
export const dayText = format(DAY);
export const shortTime = format(SHORT);
export const preciseTime = format(PRECISE);
export const inputTime = (at) => format(SORTABLE)(at).replace(" ", "T");

/** An element: `class`, `text`, `on: {event: listener}`, `data: {…}`, DOM properties by name, anything else as an attribute. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on")
      Object.entries(value).forEach(([event, listener]) => node.addEventListener(event, listener));
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function svg(viewBox, ...shapes) {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("viewBox", viewBox);
  node.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => shape.setAttribute(name, value));
    node.append(shape);
  }
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Only these may leave the page by a tap; `javascript:` and its like stay text. */
export const isOpenable = (uri) => /^(https?|tel|mailto|sms):/i.test(uri ?? "");

export function anchor(uri, text, className) {
  return el("a", { href: uri, text, class: className, target: "_blank", rel: "noopener noreferrer" });
}

/** Text with its web addresses as links. */
export function linked(text) {
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const uri = match[0].replace(/[.,;:!?)\]]+$/, "");
    fragment.append(text.slice(from, match.index), anchor(uri, uri));
    from = match.index + uri.length;
  }
  fragment.append(text.slice(from));
  return fragment;
}

const drawnIn = new WeakMap();

/**
 * Makes the children of `container` those of `items` ([{key, signature, build}]), touching only what changed:
 * a node keeps its focus, its scroll and its open state while its signature stays.
 */
export function reconcile(container, items) {
  const before = drawnIn.get(container) ?? new Map();
  const after = new Map();
  for (const { key, signature, build } of items) {
    const known = before.get(key);
    after.set(key, known?.signature === signature ? known : { signature, node: build() });
  }
  for (const [key, { node }] of before) if (after.get(key)?.node !== node) node.remove();
  let place = container.firstChild;
  for (const { node } of after.values()) {
    if (node === place) place = place.nextSibling;
    else container.insertBefore(node, place);
  }
  drawnIn.set(container, after);
}

/** The head of a panel beside the phone: title, a line of explanation, and controls at its right. */
export function panelHead(title, hint, ...controls) {
  return el(
    "div",
    { class: "panel-head" },
    el("div", {}, el("h2", { text: title }), el("p", { class: "hint", text: hint })),
    ...controls,
  );
}

export const isAtEnd = (node) => node.scrollHeight - node.scrollTop - node.clientHeight < 80;
export const toEnd = (node) => {
  node.scrollTop = node.scrollHeight;
};
