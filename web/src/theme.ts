// Runs before the first paint, so that a chosen theme or density never flashes. Kept tiny: it blocks rendering.
for (const name of ['theme', 'density'] as const) {
  try {
    const chosen = localStorage.getItem(name);
    if (chosen) document.documentElement.dataset[name] = chosen;
  } catch {
    // Storage may be forbidden; the system's theme is then the right one.
  }
}
