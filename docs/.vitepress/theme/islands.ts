/** Pages that run something: what mounts it, fetched when the page is opened. */
const ISLANDS: Readonly<Record<string, () => Promise<{ mount: (place: HTMLElement) => () => void }>>> =
  import.meta.env.SSR
    ? {}
    : {
        playground: () => import("../../playground/main.js"),
        drop: () => import("../../drop/main.js"),
      };

const leave = new WeakMap<HTMLElement, () => void>();

/** `v-island="'name'"`: runs a part of the site in an element; on the server the element stays as it is. */
export const island = {
  async mounted(place: HTMLElement, { value }: { readonly value: string }): Promise<void> {
    const load = ISLANDS[value];
    if (load === undefined) throw new Error(`No island is called "${value}".`);
    const { mount } = await load();
    leave.set(place, mount(place));
    place.dataset.ready = "";
  },
  unmounted(place: HTMLElement): void {
    leave.get(place)?.();
  },
  getSSRProps: (): object => ({}),
};
