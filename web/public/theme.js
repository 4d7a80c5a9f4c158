// Reads the chosen theme before anything is painted, so that a dark page never flashes light.
(() => {
  try {
    const theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is closed in some private modes: the system's theme stays.
  }
})();
