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
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!navigator.clipboard) return select();
    navigator.clipboard.writeText(sentence.textContent.trim()).then(() => { said.textContent = "Copied."; }, select);
  });
})();
