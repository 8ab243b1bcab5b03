// What the emulator told so far. One writer (the loop in api.js), many readers who are called after each change.

const readers = [];
const KEPT = "madoguchi.person";

export const state = {
  seq: 0,
  connected: false,
  everConnected: false,
  loaded: false,
  people: [],
  line: new Map(),
  sms: new Map(),
  mail: new Map(),
  faults: {},
  quota: null,
  menu: null,
  selected: sessionStorage.getItem(KEPT),
};
let clock = null;

export const onChange = (reader) => readers.push(reader);

// What was there before the page opened, or what a tap changed, rings no bell.
const NO_NEWS = { mail: [], quiet: true };

/** `arrived` is what is new: {mail: […], quiet}. */
function tell(arrived = NO_NEWS) {
  readers.forEach((reader) => reader(arrived));
}

export function reset() {
  Object.assign(state, { seq: 0, loaded: false, people: [], line: new Map(), sms: new Map(), mail: new Map() });
}

function keep(kept, rows) {
  const fresh = rows.filter((row) => !kept.has(row.id));
  rows.forEach((row) => kept.set(row.id, row));
  return fresh;
}

function keepLine(line) {
  for (const [userId, entries] of Object.entries(line)) {
    if (!state.line.has(userId)) state.line.set(userId, new Map());
    keep(state.line.get(userId), entries);
  }
}

export function take(answer) {
  keepLine(answer.line ?? {});
  keep(state.sms, answer.sms ?? []);
  const mail = keep(state.mail, answer.mail ?? []);
  state.seq = answer.seq;
  state.people = answer.people ?? state.people;
  state.faults = answer.faults ?? state.faults;
  state.quota = answer.quota ?? state.quota;
  state.menu = answer.menu;
  if (answer.now) clock = { at: Date.parse(answer.now), seen: performance.now() };
  if (!person() && state.people.length) select(state.people[0].id);
  const first = !state.loaded;
  state.loaded = true;
  tell(first ? NO_NEWS : { mail, quiet: false });
}

export function setConnected(connected, error = null) {
  const changed = state.connected !== connected;
  Object.assign(state, { connected, everConnected: state.everConnected || connected, error });
  if (changed || error) tell();
}

/** The campaign's time as the emulator has it, ticking on between its answers; null before the first. */
export function now() {
  return clock && new Date(clock.at + performance.now() - clock.seen);
}

export const person = () => state.people.find((each) => each.id === state.selected) ?? null;

export const entriesOf = (userId) => [...(state.line.get(userId)?.values() ?? [])];

export function select(userId) {
  state.selected = userId;
  sessionStorage.setItem(KEPT, userId);
  tell();
}
