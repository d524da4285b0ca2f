"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const key = (row, at) => row.cells[at].dataset.value;
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      const rows = [...table.tBodies[0].rows];
      const known = rows.filter((row) => key(row, at) !== "");
      const unknown = rows.filter((row) => key(row, at) === "");
      const figures = known.every((row) => !Number.isNaN(Number(key(row, at))));
      known.sort((a, b) => figures ? Number(key(a, at)) - Number(key(b, at)) : key(a, at).localeCompare(key(b, at)));
      if (down) known.reverse();
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      table.tBodies[0].append(...known, ...unknown);
    });
  });
}
