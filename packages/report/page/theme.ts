import { byId } from "./elements.js";

const THEMES = ["system", "light", "dark"] as const;

/** The button of the masthead: as the system has it, light, dark. Kept nowhere. */
export function themeButton(): void {
  const button = byId("theme", HTMLButtonElement);
  if (!button) return;
  let chosen = 0;
  button.addEventListener("click", () => {
    chosen = (chosen + 1) % THEMES.length;
    const theme = THEMES[chosen] ?? "system";
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  });
}
