// Before the first paint: the reader's choice of light or dark, where one was made.
try {
  const chosen = localStorage.getItem("winset.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // no storage: the system's preference holds
}
