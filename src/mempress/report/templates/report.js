// Sorting, the readout of the diagrams, and the theme's memory. The page is whole without it.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("hover-data").textContent);
  document.documentElement.classList.add("scripted");

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  };

  // The theme is remembered where the browser lets a page from disk remember anything.
  const themes = [...document.querySelectorAll('input[name="theme"]')];
  const remember = (action) => { try { return action(window.localStorage); } catch { return null; } };
  const chosen = remember((store) => store.getItem("mempress-theme"));
  for (const input of themes) {
    if (input.value === chosen) input.checked = true;
    input.addEventListener("change", () => remember((store) => store.setItem("mempress-theme", input.value)));
  }

  // Tables: a column's head sorts; figures that are not known stand last.
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const order = (row, at) => row.cells[at].dataset.order ?? row.cells[at].textContent.trim();
    const compare = (a, b, sign) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      const numbers = a !== "" && b !== "" && !Number.isNaN(Number(a)) && !Number.isNaN(Number(b));
      return sign * (numbers ? Number(a) - Number(b) : a.localeCompare(b));
    };
    heads.forEach((head, at) => {
      const button = make("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const rising = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", rising ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => compare(order(a, at), order(b, at), rising ? 1 : -1));
        table.tBodies[0].append(...rows);
      });
    });
  }

  // Diagrams: a pointer or the arrow keys move a cursor; beside it stand all figures there, and what happened.
  const WIDTH = 1000;
  const NEAR = 12;
  const axis = () => document.querySelector('input[name="along"]:checked').value;
  const shown = (system) => document.getElementById(`show-${system}`)?.checked !== false;
  const nearest = (places, at) => {
    let best = -1;
    for (let i = 0; i < places.length; i += 1) {
      if (best < 0 || Math.abs(places[i] - at) <= Math.abs(places[best] - at)) best = i;
    }
    return best;
  };

  const linesOf = (plot) => {
    const key = plot.dataset.chart;
    const lines = data.charts[key] ?? data.systems.map((_, system) => ({ system, texts: null }));
    const own = /-of-\d+$/.test(key);
    return lines.filter((line) => own || shown(line.system)).map((line) => {
      const system = data.systems[line.system];
      return {
        ...line, name: line.label ?? system.name, places: line.places ?? system.rows[axis()], at: line.at ?? system.at,
        events: line.places ? [] : system.events[axis()], told: system.told,
      };
    });
  };

  const stopsOf = (lines) => [...new Set(lines.flatMap((line) => [...line.places, ...line.events]))].sort((a, b) => a - b);

  const eventsAt = (lines, at) => {
    const found = [];
    const seen = new Set();
    for (const line of lines) {
      if (seen.has(line.system)) continue;
      seen.add(line.system);
      line.events.forEach((place, i) => {
        if (Math.abs(place - at) < 4) found.push(`${data.systems[line.system].name}, ${line.told[i]}`);
      });
    }
    return found.length > 4 ? [...found.slice(0, 4), `and ${found.length - 4} more here`] : found;
  };

  const read = (lines, at) => {
    let head = "";
    let distance = Infinity;
    const rows = [];
    for (const line of lines) {
      const i = nearest(line.places, at);
      if (i < 0) continue;
      const far = Math.abs(line.places[i] - at);
      if (far < distance) { distance = far; head = line.at[i]; }
      rows.push({ line, text: far <= NEAR ? line.texts?.[i] ?? line.at[i] : `no sample here (nearest: ${line.at[i]})` });
    }
    return { head, rows, events: eventsAt(lines, at) };
  };

  const show = (plot, state, at) => {
    const lines = linesOf(plot);
    const { head, rows, events } = read(lines, at);
    if (!rows.length) return;
    state.at = at;
    const percent = `${at / WIDTH * 100}%`;
    state.cursor.setAttribute("x1", percent);
    state.cursor.setAttribute("x2", percent);
    state.cursor.removeAttribute("visibility");
    const list = make("ul");
    for (const { line, text } of rows) {
      const item = make("li");
      const key = document.querySelector(`label[for="show-${line.system}"] .key`);
      if (key) item.append(key.cloneNode(true));
      item.append(make("span", "", `${line.name}: ${text}`));
      list.append(item);
    }
    for (const text of events) list.append(make("li", "event-told", text));
    state.box.replaceChildren(make("p", "", head), list);
    state.box.hidden = false;
    const canvas = plot.querySelector(".canvas").getBoundingClientRect();
    const outer = plot.getBoundingClientRect();
    const x = canvas.left - outer.left + canvas.width * at / WIDTH;
    const left = x > outer.width / 2 ? x - state.box.offsetWidth - 14 : x + 14;
    state.box.style.left = `${Math.max(0, Math.min(left, outer.width - state.box.offsetWidth))}px`;
    const words = [head, ...rows.map(({ line, text }) => `${line.name}: ${text}`), ...events].join("; ");
    plot.setAttribute("aria-valuenow", String(Math.round(at)));
    plot.setAttribute("aria-valuetext", words);
  };

  const hide = (state) => {
    state.box.hidden = true;
    state.cursor.setAttribute("visibility", "hidden");
  };

  const step = (plot, state, key) => {
    const stops = stopsOf(linesOf(plot));
    if (!stops.length) return;
    const now = state.at ?? -1;
    const far = { PageUp: 100, PageDown: -100 }[key];
    let to = now;
    if (key === "Home") to = stops[0];
    else if (key === "End") to = stops[stops.length - 1];
    else if (far) to = stops[nearest(stops, now + far)];
    else if (key === "ArrowRight" || key === "ArrowUp") to = stops.find((stop) => stop > now) ?? stops[stops.length - 1];
    else to = [...stops].reverse().find((stop) => stop < now) ?? stops[0];
    show(plot, state, to);
  };

  const KEYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"]);

  for (const plot of document.querySelectorAll(".plot[data-chart]")) {
    const canvas = plot.querySelector(".canvas");
    const height = canvas.getAttribute("height") - 20;
    const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
    for (const [name, value] of Object.entries({ class: "cursor", y1: 0, y2: height, visibility: "hidden" })) cursor.setAttribute(name, value);
    canvas.append(cursor);
    const box = make("div", "readout");
    box.hidden = true;
    plot.append(box);
    const state = { cursor, box, at: null };
    const described = make("p", "unseen", plot.getAttribute("aria-label"));
    described.id = `words-of-${plot.dataset.chart}`;
    plot.after(described);
    for (const [name, value] of Object.entries({
      role: "slider", tabindex: "0", "aria-label": plot.dataset.label, "aria-describedby": described.id, "aria-valuemin": "0",
      "aria-valuemax": String(WIDTH), "aria-valuenow": "0", "aria-valuetext": "step with the arrow keys",
    })) plot.setAttribute(name, value);
    const point = (event) => {
      const area = canvas.getBoundingClientRect();
      const at = (event.clientX - area.left) / area.width * WIDTH;
      const stops = stopsOf(linesOf(plot));
      const found = nearest(stops, at);
      if (found >= 0) show(plot, state, stops[found]);
    };
    plot.addEventListener("pointermove", point);
    plot.addEventListener("pointerdown", point);
    plot.addEventListener("pointerleave", () => { if (document.activeElement !== plot) hide(state); });
    plot.addEventListener("blur", () => hide(state));
    plot.addEventListener("focus", () => { if (plot.matches(":focus-visible")) step(plot, state, state.at === null ? "Home" : "none"); });
    plot.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide(state);
      if (!KEYS.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      step(plot, state, event.key);
    });
  }

  // A link into a folded part opens it; on paper all parts are open.
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  window.addEventListener("hashchange", open);
  open();
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
  });
  window.addEventListener("afterprint", () => { for (const part of folded) part.open = false; });
})();
