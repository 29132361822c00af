/** @file Ctrl-C: the first one asks for a clean stop, the second one does not wait. */

export type Interruption = "SIGINT" | "SIGTERM";

export const EXIT_CODES: Readonly<Record<Interruption, number>> = { SIGINT: 130, SIGTERM: 143 };

export interface Interrupter {
  readonly signal: AbortSignal;
  /** The signal that came, or undefined. */
  readonly received: Interruption | undefined;
  /** Gives the signals back to Node. */
  dispose(): void;
}

export interface InterruptOptions {
  /**
   * For a process that another gan-arena started: Ctrl-C goes to the whole group, and the parent decides what to do. It
   * asks for a stop by message, which works on every system; when the parent is gone the run stops too.
   */
  readonly child?: boolean;
  /** Called once, at the first signal. */
  readonly onFirst?: (interruption: Interruption) => void;
  /** Called at the second signal, just before the process ends. */
  readonly onSecond?: () => void;
}

/** Listens until `dispose()`. At a second signal the process ends at once, with the exit code of the signal. */
export function listenForInterrupts({ child = false, onFirst, onSecond }: InterruptOptions = {}): Interrupter {
  const controller = new AbortController();
  let received: Interruption | undefined;
  const stop = (interruption: Interruption) => {
    if (received !== undefined) return false;
    received = interruption;
    onFirst?.(interruption);
    controller.abort();
    return true;
  };
  const onSignal = (interruption: Interruption) => {
    if (stop(interruption) || child) return;
    onSecond?.();
    process.exit(EXIT_CODES[interruption]);
  };
  const handlers: Record<Interruption, () => void> = {
    SIGINT: () => void (child || onSignal("SIGINT")),
    SIGTERM: () => onSignal("SIGTERM"),
  };
  const onMessage = (message: unknown) => void (message === STOP && stop("SIGINT"));
  const onDisconnect = () => void stop("SIGTERM");

  process.on("SIGINT", handlers.SIGINT);
  process.on("SIGTERM", handlers.SIGTERM);
  if (child) {
    process.on("message", onMessage);
    process.on("disconnect", onDisconnect);
    // Listening must not keep a process alive that has nothing left to do.
    process.channel?.unref();
  }
  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    dispose() {
      process.off("SIGINT", handlers.SIGINT);
      process.off("SIGTERM", handlers.SIGTERM);
      process.off("message", onMessage);
      process.off("disconnect", onDisconnect);
    },
  };
}

/** What a parent sends to a run that shall stop. */
export const STOP = "gan-arena/stop";
