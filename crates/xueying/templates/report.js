(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const speak = (tag) => {
    root.lang = tag;
    for (const button of all("[data-language]")) button.setAttribute("aria-pressed", button.dataset.language === tag);
  };
  for (const button of all("[data-language]")) button.addEventListener("click", () => speak(button.dataset.language));
  speak(root.lang);

  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.getElementById("print").addEventListener("click", () => print());
  addEventListener("beforeprint", () => { for (const closed of all("details:not(.making)")) closed.open = true; });

  for (const tile of all("[data-filter]")) {
    tile.addEventListener("click", () => {
      for (const other of all("[data-filter]")) other.setAttribute("aria-pressed", other === tile);
      const wanted = tile.dataset.filter;
      for (const item of all("[data-verdict]")) item.toggleAttribute("data-filtered", wanted !== "" && item.dataset.verdict !== wanted);
    });
  }

  for (const box of all("[data-layer]")) {
    box.addEventListener("change", () => {
      const layer = box.closest("figure").querySelector(`.${box.dataset.layer}`);
      if (layer) layer.style.display = box.checked ? "" : "none";
    });
  }

  const light = (event, on) => {
    const part = event.target.closest?.("[data-rule]");
    const photo = part?.closest(".photo");
    if (!photo) return;
    const together = all(`[data-rule="${part.dataset.rule}"]`, photo);
    for (const one of together) one.classList.toggle("lit", on);
    photo.querySelector(".shot").classList.toggle("dimmed", on && together.some((one) => one.closest(".marks")));
  };
  for (const name of ["mouseover", "focusin"]) document.addEventListener(name, (event) => light(event, true));
  for (const name of ["mouseout", "focusout"]) document.addEventListener(name, (event) => light(event, false));
})();
