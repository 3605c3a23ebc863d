// Before anything is drawn: the page in the colours that were chosen, else in those of the system. A file of its own, for the
// page allows no script inside it; src/theme/choice.ts takes over.
(function () {
  var chosen = null
  try {
    chosen = localStorage.getItem('callscope.theme')
  } catch (error) {
    // Storage may be forbidden; the system then decides.
  }
  var isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
})()
