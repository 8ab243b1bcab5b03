// Flex messages (developers.line.biz/en/reference/messaging-api/#flex-message), the parts that counters use.

import { control } from "./actions.js";
import { el } from "./dom.js";

const FONT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const GAP = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const WIDTH = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const RADIUS = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDER = { none: 0, light: 0.5, normal: 1, "semi-bold": 2, medium: 3, bold: 4 };
const ALIGN = { start: "left", center: "center", end: "right" };
const GRAVITY = { top: "flex-start", center: "center", bottom: "flex-end" };
const PADDINGS = ["paddingTop", "paddingBottom", "paddingStart", "paddingEnd"];
const PADDING_CSS = {
  paddingTop: "paddingTop",
  paddingBottom: "paddingBottom",
  paddingStart: "paddingLeft",
  paddingEnd: "paddingRight",
};
const COLOUR = /^#[0-9a-f]{6}([0-9a-f]{2})?$/i;

/** A size by keyword, in pixels or in per cent; undefined for anything else. */
function length(value, words) {
  if (value in words) return `${words[value]}px`;
  return /^-?\d+(\.\d+)?(px|%)$/.test(value ?? "") ? value : undefined;
}
const colour = (value) => (COLOUR.test(value ?? "") ? value : undefined);

function style(node, properties) {
  for (const [name, value] of Object.entries(properties)) if (value !== undefined) node.style[name] = value;
}

// LINE: a child of a horizontal box shares the width unless told otherwise, one of a vertical box takes its own height.
function place(node, part, parent, isFirst) {
  const vertical = parent.layout === "vertical";
  const share = part.flex ?? (vertical || part.type === "icon" ? 0 : 1);
  const margin = length(part.margin, GAP) ?? (isFirst ? undefined : length(parent.spacing, GAP));
  const ownSize = length(vertical ? part.height : part.width, {});
  style(node, {
    flex: share > 0 && !ownSize ? `${share} 1 ${vertical ? "auto" : "0"}` : "0 0 auto",
    [vertical ? "marginTop" : "marginLeft"]: isFirst && !part.margin ? undefined : margin,
    alignSelf: !vertical && parent.layout !== "baseline" ? GRAVITY[part.gravity] : undefined,
  });
  if (part.position === "absolute") offset(node, part);
}

function offset(node, part) {
  style(node, {
    position: "absolute",
    top: length(part.offsetTop, GAP),
    bottom: length(part.offsetBottom, GAP),
    left: length(part.offsetStart, GAP),
    right: length(part.offsetEnd, GAP),
  });
}

function letters(node, part) {
  style(node, {
    fontSize: length(part.size, FONT),
    color: colour(part.color),
    fontWeight: part.weight === "bold" ? "700" : undefined,
    fontStyle: part.style === "italic" ? "italic" : undefined,
    textDecoration: part.decoration && part.decoration !== "none" ? part.decoration : undefined,
  });
}

function text(part) {
  const node = el("p", { class: part.wrap ? "fx-text" : "fx-text fx-one-line" });
  if (part.contents?.length) node.append(...part.contents.map(span));
  else node.textContent = part.text ?? "";
  letters(node, part);
  style(node, {
    textAlign: ALIGN[part.align],
    lineHeight: part.lineSpacing ? `calc(1.35em + ${length(part.lineSpacing, {}) ?? "0px"})` : undefined,
  });
  if (part.maxLines > 0) {
    node.classList.add("fx-clamped");
    node.style.webkitLineClamp = String(part.maxLines);
  }
  return node;
}

function span(part) {
  const node = el("span", { text: part.text ?? "" });
  letters(node, part);
  return node;
}

function button(part) {
  const kind = part.style ?? "link";
  const node = control(part.action ?? {}, `fx-button fx-${kind}${part.height === "sm" ? " fx-small" : ""}`);
  const chosen = colour(part.color);
  style(node, kind === "link" ? { color: chosen } : { backgroundColor: chosen });
  return node;
}

function image(part) {
  const node = el("div", { class: "fx-image", role: "img", "aria-label": "画像", title: part.url ?? "" });
  const [across, down] = (part.aspectRatio ?? "1:1").split(":");
  style(node, {
    width: part.size === "full" ? "100%" : (length(part.size, IMAGE) ?? `${IMAGE.md}px`),
    aspectRatio: Number(across) > 0 && Number(down) > 0 ? `${across} / ${down}` : "1",
    backgroundColor: colour(part.backgroundColor),
    marginInline: { start: "0 auto", end: "auto 0" }[part.align] ?? "auto",
  });
  return node;
}

function icon(part) {
  const node = el("span", { class: "fx-icon", "aria-hidden": "true", title: part.url ?? "" });
  const size = length(part.size, FONT) ?? `${FONT.md}px`;
  style(node, { width: size, height: size });
  return node;
}

function separator(part, parent) {
  const node = el("div", {
    class: parent.layout === "vertical" ? "fx-rule" : "fx-rule fx-upright",
    role: "presentation",
  });
  style(node, { backgroundColor: colour(part.color) });
  return node;
}

function spacer(part, parent) {
  const size = length(part.size ?? "md", GAP);
  const node = el("div", { class: "fx-spacer" });
  style(node, parent.layout === "vertical" ? { height: size } : { width: size });
  return node;
}

function background(part) {
  const { background: given } = part;
  if (given?.type !== "linearGradient" || !colour(given.startColor) || !colour(given.endColor)) return undefined;
  const angle = /^\d+(\.\d+)?deg$/.test(given.angle ?? "") ? given.angle : "180deg";
  return `linear-gradient(${angle}, ${given.startColor}, ${given.endColor})`;
}

function frame(node, part) {
  const all = length(part.paddingAll, GAP);
  if (all) node.style.padding = all;
  PADDINGS.forEach((name) => style(node, { [PADDING_CSS[name]]: length(part[name], GAP) }));
  const border = length(part.borderWidth, BORDER);
  style(node, {
    backgroundColor: colour(part.backgroundColor),
    backgroundImage: background(part),
    borderRadius: length(part.cornerRadius, RADIUS),
    border: border && `${border} solid`,
    borderColor: border && colour(part.borderColor),
    width: length(part.width, {}),
    height: length(part.height, {}),
    maxWidth: length(part.maxWidth, {}),
    maxHeight: length(part.maxHeight, {}),
    justifyContent: part.justifyContent,
    alignItems: part.alignItems,
  });
}

function box(part) {
  const layout = ["horizontal", "baseline"].includes(part.layout) ? part.layout : "vertical";
  const node = el("div", { class: `fx-box fx-${layout}` });
  frame(node, part);
  (part.contents ?? []).forEach((child, index) => {
    const drawn = draw(child, { ...part, layout });
    place(drawn, child, { ...part, layout }, index === 0);
    node.append(drawn);
  });
  return node;
}

const PARTS = {
  box,
  text,
  button,
  image,
  icon,
  separator,
  spacer,
  span,
  filler: () => el("div", { class: "fx-filler" }),
  video: (part) => image({ ...part, size: "full" }),
};

/** One component; what LINE adds one day and we do not know is named, not hidden. */
function draw(part, parent = { layout: "vertical" }) {
  const known = PARTS[part.type];
  if (!known) return el("p", { class: "fx-text unknown", text: `[${part.type}]` });
  const node = known(part, parent);
  if (!part.action || part.type === "button") return node;
  const tap = control(part.action, "fx-tap", node);
  if (part.action.label) tap.setAttribute("aria-label", part.action.label);
  return tap;
}

function block(bubble, name) {
  const part = bubble[name];
  const node = el("div", { class: `fx-block fx-${name}` }, draw(part));
  const given = bubble.styles?.[name] ?? {};
  style(node, { backgroundColor: colour(given.backgroundColor) });
  if (given.separator) {
    node.classList.add("fx-ruled");
    style(node, { borderTopColor: colour(given.separatorColor) });
  }
  // The block's own padding is a default that the outermost box replaces.
  if (PADDINGS.some((each) => part[each]) || part.paddingAll) node.classList.add("fx-own-padding");
  return node;
}

function bubbleNode(bubble) {
  const blocks = ["header", "hero", "body", "footer"].filter((name) => bubble[name]).map((name) => block(bubble, name));
  const node = el("div", { class: "fx-bubble", dir: bubble.direction ?? "ltr" }, ...blocks);
  node.style.width = `${WIDTH[bubble.size] ?? WIDTH.mega}px`;
  return bubble.action ? control(bubble.action, "fx-tap", node) : node;
}

export function flexNode(contents) {
  if (contents?.type !== "carousel") return bubbleNode(contents ?? {});
  return el(
    "div",
    { class: "slides", role: "group", "aria-label": "カルーセル", tabIndex: 0 },
    ...(contents.contents ?? []).map(bubbleNode),
  );
}
