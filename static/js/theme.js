// Light or dark: as chosen, or as the computer is set.

const dark = matchMedia("(prefers-color-scheme: dark)");

/** @param {{theme: "auto"|"light"|"dark"}} state @returns {"light"|"dark"} */
export const themeOf = ({ theme }) => (theme === "auto" ? (dark.matches ? "dark" : "light") : theme);

/** Puts a choice in force for the style sheets. @param {{theme: "auto"|"light"|"dark"}} state */
export function setTheme({ theme }) {
  const { dataset } = document.documentElement;
  if (theme === "auto") delete dataset.theme; else dataset.theme = theme;
}

/** The computer was set otherwise. @param {() => void} told */
export const onThemeOfComputer = (told) => dark.addEventListener("change", told);
