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
})()
