// The emulator's JSON interface, and the loop that follows its state.

import { reset, setConnected, state, take } from "./state.js";

const WAIT = 20;
const PATIENCE = 8000;
const IDLE = 1000;
const PAUSES = [300, 700, 1500, 3000, 5000];

/** Why the emulator refused, in its own words where it gave some. */
export class Refused extends Error {}

async function ask(method, path, { body, signal, patience = PATIENCE } = {}) {
  const signals = [AbortSignal.timeout(patience)];
  if (signal) signals.push(signal);
  const response = await fetch(`/emulator/${path}`, {
    method,
    signal: AbortSignal.any(signals),
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(answer?.message ?? answer?.error ?? `HTTP ${response.status}`);
  return answer;
}

export const get = (path, options) => ask("GET", path, options);
export const put = (path, body) => ask("PUT", path, { body });
export const post = (path, body = {}) => ask("POST", path, { body });

let waiting = new AbortController();
let hurried = false;

/** Ask for the state now, not when the server has news: for changes that are not messages. */
export function hurry() {
  hurried = true;
  waiting.abort();
}

const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

async function askOnce() {
  waiting = new AbortController();
  const asked = performance.now();
  const wait = hurried || !state.connected ? 0 : WAIT;
  hurried = false;
  const answer = await get(`state?since=${state.seq}&wait=${wait}`, {
    signal: waiting.signal,
    patience: (wait + 10) * 1000,
  });
  const isNews = answer.seq !== state.seq;
  if (answer.seq < state.seq) reset();
  else take(answer);
  // An emulator that has too many pages waiting answers at once; asking it again at once would only add to that.
  if (wait && !isNews && performance.now() - asked < IDLE) await sleep(IDLE);
}

/** Follows the state for as long as the page lives; a lost emulator is asked again, ever more patiently. */
export async function follow() {
  let failures = 0;
  for (;;) {
    try {
      await askOnce();
      failures = 0;
      setConnected(true);
    } catch (error) {
      if (hurried) continue;
      setConnected(false, error);
      await sleep(PAUSES[Math.min(failures, PAUSES.length - 1)]);
      failures += 1;
    }
  }
}
