// Keys for people who work here all day. They are listed in the dialog that "?" opens.

const WAIT_MS = 1200;

const typing = (target) => target.closest?.("input,textarea,select,[contenteditable]");

function go(key) {
  const link = document.querySelector(`[data-key="g ${key}"]`);
  if (link) window.location.assign(link.href);
  return Boolean(link);
}

function press(event) {
  if (event.key === "?" || event.key === "？") {
    document.querySelector("#keys-dialog")?.showModal();
    return true;
  }
  // By place on the keyboard too: a Chinese input method gives that key another sign.
  if (event.key !== "/" && (event.code !== "Slash" || event.shiftKey)) return false;
  const search = document.querySelector("#search");
  search?.focus();
  search?.select();
  return Boolean(search);
}

export function listenForKeys() {
  let goPressedAt = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const afterGo = event.timeStamp - goPressedAt < WAIT_MS;
    goPressedAt = event.key === "g" ? event.timeStamp : 0;
    if ((afterGo && go(event.key)) || press(event)) event.preventDefault();
  });
}
