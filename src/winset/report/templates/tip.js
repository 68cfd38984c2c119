  const tip = document.getElementById("tip");
  document.addEventListener("pointermove", event => {
    const mark = event.target.closest("figure [aria-roledescription][aria-label]");
    tip.hidden = !mark || !mark.getAttribute("role")?.includes("symbol");
    if (tip.hidden) return;
    tip.textContent = mark.getAttribute("aria-label");
    tip.style.left = Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8) + "px";
    tip.style.top = Math.min(event.clientY + 12, innerHeight - tip.offsetHeight - 8) + "px";
  });
