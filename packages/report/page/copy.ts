import { fullAmount } from "../src/text/amount.js";
import { byId } from "./elements.js";

const SHOWN_MS = 1500;

/** A click on a figure copies base units, with Shift the token amount; on a name, the whole name. */
export function copyOnClick(): void {
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>(".f") : null;
    if (!target || target.closest("button") || getSelection()?.isCollapsed === false) return;
    const words = copiedText(target, event.shiftKey);
    void copy(words, target).then((done) =>
      announce(target, done ? `Copied ${words}` : "This browser can't copy."),
    );
  });
}

function copiedText(target: HTMLElement, asTokens: boolean): string {
  const name = target.dataset.copy;
  if (name !== undefined) return name;
  const units = target.getAttribute("value") ?? "";
  return asTokens
    ? fullAmount(BigInt(units), Number(target.dataset.d)).replaceAll(",", "").replace("−", "-")
    : units;
}

async function copy(words: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    // Not allowed, or no clipboard for files: the older way.
    const field = document.createElement("textarea");
    field.value = words;
    near.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

function announce(target: HTMLElement, words: string): void {
  const region = byId("copied", HTMLElement);
  if (region) region.textContent = words;
  target.classList.add("copied");
  setTimeout(() => target.classList.remove("copied"), SHOWN_MS);
}
