// Light, dark, or as the system has it; `public/theme.js` does the same before the first paint.

export type Theme = "system" | "light" | "dark";

const KEPT = "onetime.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

let chosen = $state<Theme>(kept());

export function theme(): Theme {
  return chosen;
}

export function chooseTheme(wanted: Theme): void {
  chosen = wanted;
  try {
    if (wanted === "system") localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, wanted);
  } catch {
    // Kept until the page is loaded again.
  }
  apply();
}

/** Follow the system when it changes; call once. */
export function followSystem(): void {
  dark.addEventListener("change", apply);
  apply();
}

function apply(): void {
  const isDark = chosen === "dark" || (chosen === "system" && dark.matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--ground").trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", ground);
}

function kept(): Theme {
  try {
    const found = localStorage.getItem(KEPT);
    return found === "light" || found === "dark" ? found : "system";
  } catch {
    return "system";
  }
}
