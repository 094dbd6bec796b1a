/** What has been frozen all the way down. A shallow freeze by somebody else does not count. */
const frozen = new WeakSet<object>();

/**
 * Freezes plain data all the way down and returns it. Stops at what it has frozen before, so that freezing a
 * successor costs only what is new in it. Functions and class instances are left alone.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || frozen.has(value)) return value;
  frozen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    Object.freeze(value);
    for (const item of value) deepFreeze(item);
  } else if (prototype === Object.prototype || prototype === null) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}

/** A map that reads like a map and throws a TypeError on anything that would change it. */
export class FrozenMap<K, V> implements ReadonlyMap<K, V> {
  readonly #map: ReadonlyMap<K, V>;

  constructor(map: ReadonlyMap<K, V>) {
    this.#map = map;
    Object.freeze(this);
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.#map) visit(value, key, this);
  }

  keys(): MapIterator<K> {
    return this.#map.keys();
  }

  values(): MapIterator<V> {
    return this.#map.values();
  }

  entries(): MapIterator<[K, V]> {
    return this.#map.entries();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#map[Symbol.iterator]();
  }

  set(): never {
    throw new TypeError("Cannot assign to read only property: this map is not yours to change");
  }

  delete(): never {
    throw new TypeError("Cannot delete property: this map is not yours to change");
  }

  clear(): never {
    throw new TypeError("Cannot delete property: this map is not yours to change");
  }
}
