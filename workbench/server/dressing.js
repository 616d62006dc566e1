// Back goes back. The app writes what is open into the address (?feature=…), and Streamlit adds an
// entry to the history each time: Back then led to the same page, which wrote its address again.
// So what changes within a page takes the entry's place, and so does what a page leads on to by
// itself (an old address), before anybody has touched it.
(() => {
  const push = history.pushState.bind(history)
  let touched = false
  for (const kind of ["pointerdown", "keydown"])
    addEventListener(kind, () => { touched = true }, true)
  addEventListener("popstate", () => { touched = false }, true)
  history.pushState = (state, title, url) => {
    const there = new URL(url ?? "", location.href)
    if (there.pathname === location.pathname || !touched)
      return history.replaceState(state, title, url)
    touched = false
    return push(state, title, url)
  }
})();

// What was chosen in a select box is chosen: on a page whose buttons have keys, the next key is for
// them, and not for the box, which would look for another choice. What is around the box takes the
// focus, so that Tab goes on from there.
(() => {
  const leave = () => {
    const box = document.activeElement
    const around = box?.closest("[data-testid=stSelectbox]")
    if (!around || !document.querySelector("[data-has-shortcut=true]")) return
    new MutationObserver((_, closing) => {
      closing.disconnect()
      around.tabIndex = -1
      setTimeout(() => around.focus())
    }).observe(box, { attributeFilter: ["aria-expanded"] })
  }
  addEventListener("click", (event) => {
    if (event.target.closest?.("[role=option]")) leave()
  }, true)
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.getAttribute?.("aria-expanded") === "true") leave()
  }, true)
})();

// A link to a page leads to its top, on that page too.
addEventListener("click", (event) => {
  if (event.target.closest?.("[data-testid=stPageLink-NavLink]"))
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
}, true)
