// j and k move from story to story, o opens, / goes to the search box; every page works without.
"use strict";
const stories = () => Array.from(document.querySelectorAll(".story .go"));
const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

function move(step) {
  const links = stories();
  if (links.length === 0) return;
  const at = links.findIndex((link) => link.closest(".story").contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  link.focus();
  link.closest(".story").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && document.activeElement) document.activeElement.blur();
  if (typing(event.target)) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "o") {
    const story = document.activeElement.closest(".story");
    const link = story && story.querySelector(".go");
    if (link) link.click();
  } else if (event.key === "/") document.getElementById("q").focus();
  else return;
  event.preventDefault();
});

for (const block of document.querySelectorAll("pre[data-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = block.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = block.dataset.copied;
  });
  block.after(button);
}
