// From the slider to the figures: one request in flight, the latest wins, painted on a frame.

import { ApiError, Unreachable, back, post } from "./api.js";

const PATIENCE = 400; // milliseconds of one question before the page says that it is working
const MARK = "winset.move-to-paint"; // what benchmarks/latency.py reads

/** A queue of length one before the solver. */
export class Live {
  /**
   * `paint(result, scenario)` shows a result, `fail(error)` says why there is none,
   * `busy(now)` that the answer takes a while.
   */
  constructor({ paint, fail, busy }) {
    this.paint = paint;
    this.fail = fail;
    this.busy = busy;
    this.pending = null;
    this.answer = null;
    this.running = false;
  }

  /** Ask for a scenario; what was asked before and has not begun is dropped. */
  ask(scenario) {
    this.pending = { scenario, moved: performance.now() };
    if (!this.running) this.run();
  }

  async run() {
    this.running = true;
    while (this.pending) {
      const { scenario, moved } = this.pending;
      this.pending = null;
      const long = setTimeout(() => this.busy(true), PATIENCE);
      try {
        const sent = performance.now();
        const result = await post("/api/solve", scenario);
        this.show({ result, scenario, moved, request: performance.now() - sent });
      } catch (error) {
        if (error instanceof Unreachable) {
          this.pending ??= { scenario, moved };
          await back();
        } else if (error instanceof ApiError && error.status === 429) {
          this.pending ??= { scenario, moved };
          await new Promise((resolve) => setTimeout(resolve, 1000 * Math.max(error.wait, 0.2)));
        } else if (!this.pending) this.fail(error);
      } finally {
        clearTimeout(long);
        this.busy(false);
      }
    }
    this.running = false;
  }

  /** Paint the newest answer on the next frame, while the server works on the next question. */
  show(answer) {
    const scheduled = this.answer !== null;
    this.answer = answer;
    if (scheduled) return;
    requestAnimationFrame(() => {
      const { result, scenario, moved, request } = this.answer;
      this.answer = null;
      this.paint(result, scenario);
      painted(moved, { request, solver: 1000 * result.solver.seconds });
    });
  }
}

/** Note the time when the browser has put this frame on screen: the first task after it. */
function painted(moved, detail) {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    if (performance.getEntriesByName(MARK).length > 500) performance.clearMeasures(MARK);
    performance.measure(MARK, { start: moved, end: performance.now(), detail });
  };
  channel.port2.postMessage(null);
}
