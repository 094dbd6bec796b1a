export const mount = (_place: HTMLElement) => () => undefined;
