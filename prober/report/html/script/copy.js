document.addEventListener("click", (event) => {
  const button = event.target.closest(".copy");
  if (!button) return;
  const text = button.parentElement.querySelector("pre").textContent;
  const done = () => { button.textContent = "Copied"; setTimeout(() => { button.textContent = "Copy"; }, 1500); };
  // A page from a file has no clipboard in some browsers: then the text is selected, ready for Ctrl-C.
  const select = () => getSelection().selectAllChildren(button.parentElement.querySelector("pre"));
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, select); else select();
});
