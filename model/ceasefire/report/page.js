"use strict";
(() => {
  const button = document.getElementById("copy");
  const sentence = document.getElementById("sentence");
  const said = document.getElementById("copied");
  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(sentence);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    said.textContent = "Selected: copy it with your keyboard.";
  };
  // A part that scrolls is a landmark and a stop of the keyboard; one that does not is neither.
  const mark = () => {
    for (const part of document.querySelectorAll(".scroll")) {
      const scrolls = part.scrollWidth > part.clientWidth;
      part.setAttribute("role", scrolls ? "region" : "group");
      if (scrolls) part.tabIndex = 0; else part.removeAttribute("tabindex");
    }
  };
  for (const fold of document.querySelectorAll("details")) fold.addEventListener("toggle", mark);
  addEventListener("resize", mark);
  mark();
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!navigator.clipboard) return select();
    navigator.clipboard.writeText(sentence.textContent.trim()).then(() => { said.textContent = "Copied."; }, select);
  });
})();
