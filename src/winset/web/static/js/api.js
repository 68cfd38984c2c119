// Talking to the server: one place that knows when it is gone and when it is back.

import { language, t } from "./i18n.js";

const RETRY = 700; // milliseconds between two questions whether the server is back

/** What the server answered instead of a result. */
export class ApiError extends Error {
  constructor(message, status, wait = 0, code = "") {
    super(message);
    this.status = status;
    this.wait = wait;
    this.code = code;
  }
}

/** The server cannot be reached. */
export class Unreachable extends Error {}

const listeners = new Set();
let lost = false;
let waiting = null;

/** Call `listener(lost)` whenever the connection breaks or comes back. */
export function onConnection(listener) {
  listeners.add(listener);
}

function announce(now) {
  if (now === lost) return;
  lost = now;
  for (const listener of listeners) listener(lost);
}

/** Resolve once the server answers again. */
export function back() {
  waiting ??= new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    const ask = async () => {
      try {
        await fetch("/api/scenarios", { cache: "no-store" });
        announce(false);
        waiting = null;
        resolve();
      } catch {
        setTimeout(ask, RETRY);
      }
    };
    setTimeout(ask, RETRY);
  });
  return waiting;
}

async function reach(path, options) {
  let answer;
  try {
    // a failure is worded by the server, in the language of the page
    answer = await fetch(path, { ...options, headers: { ...options?.headers, "Accept-Language": language() } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    announce(true);
    back();
    throw new Unreachable(path);
  }
  announce(false);
  if (answer.ok) return answer;
  let said = {};
  try {
    said = await answer.json();
  } catch {
    // not JSON: the status has to do
  }
  const { error = `${answer.status} ${answer.statusText}`, code = "" } = said;
  throw new ApiError(worded(code, error), answer.status, Number(answer.headers.get("Retry-After") ?? 0), code);
}

/** What the server says of a failure, in the language of the page as far as its code tells. */
export function worded(code, message) {
  const text = t(`error.${code}`, { message });
  return text === `error.${code}` ? message : text;
}

function posting(body, signal) {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  };
}

/** GET a JSON object. */
export const get = async (path, signal) => (await reach(path, { signal, cache: "no-store" })).json();

/** POST a JSON object, get one back. */
export const post = async (path, body, signal) => (await reach(path, posting(body, signal))).json();

/** POST a JSON object, get a file back. */
export const file = async (path, body) => (await reach(path, posting(body))).blob();

/** GET a file. */
export const stored = async (path) => (await reach(path, { cache: "no-store" })).blob();

/** DELETE. */
export const remove = (path) => reach(path, { method: "DELETE" });
