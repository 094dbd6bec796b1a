/** What of the outside world was used while watching. */
export interface AmbientWatch {
  /** Name of the first source used, such as `Date.now`. */
  readonly used: string | undefined;
  /** Puts everything back. */
  stop(): void;
}

/**
 * Watches the clock and the dice while a policy answers. Asking twice does not show a clock that has not
 * ticked in between; this does. Policies are synchronous, so nobody else runs meanwhile. Where the
 * environment has frozen these functions there is nothing to watch, and nothing is.
 */
export function watchAmbient(): AmbientWatch {
  const watch: { used: string | undefined; stop(): void } = { used: undefined, stop: () => {} };
  const restore: (() => void)[] = [];
  const note = (name: string) => {
    watch.used ??= name;
  };
  replace(restore, Math, "random", (original) => () => {
    note("Math.random");
    return original();
  });
  const SystemDate = Date;
  replace(
    restore,
    globalThis,
    "Date",
    () =>
      new Proxy(SystemDate, {
        construct(target, args, proxy) {
          if (args.length === 0) note("new Date()");
          return Reflect.construct(target, args, proxy);
        },
        apply(target, self, args) {
          note("Date()");
          return Reflect.apply(target, self, args);
        },
        get(target, key) {
          if (key === "now") note("Date.now");
          return Reflect.get(target, key);
        },
      }),
  );
  if (typeof performance !== "undefined") {
    replace(restore, performance, "now", (original) => () => {
      note("performance.now");
      return original.call(performance);
    });
  }
  watch.stop = () => {
    for (const undo of restore.reverse()) undo();
  };
  return watch;
}

function replace<O extends object, K extends keyof O>(
  restore: (() => void)[],
  owner: O,
  key: K,
  make: (original: O[K]) => O[K],
): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  if (descriptor ? !descriptor.configurable : !Object.isExtensible(owner)) return;
  const original = owner[key];
  Object.defineProperty(owner, key, { value: make(original), configurable: true, writable: true });
  restore.push(() => {
    if (descriptor) Object.defineProperty(owner, key, descriptor);
    else Reflect.deleteProperty(owner, key);
  });
}
