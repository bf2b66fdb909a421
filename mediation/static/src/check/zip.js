// Reads the files of a zip: what is stored as it is, what is deflated through the browser's own inflater. Nothing is written.
const END = 0x06054b50, ENTRY = 0x02014b50;
const MOST_FILES = 3000, MOST_BYTES = 1_000_000_000;

export async function unzip(buffer) {
  const view = new DataView(buffer), end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  if (count > MOST_FILES) throw new Error("too large");
  const files = new Map();
  let at = view.getUint32(end + 16, true), total = 0;
  for (let number = 0; number < count; number += 1) {
    if (view.getUint32(at, true) !== ENTRY) throw new Error("no zip");
    const entry = readEntry(view, at);
    total += entry.size;
    if (total > MOST_BYTES || files.has(entry.name)) throw new Error("not an archive");
    if (!entry.name.endsWith("/")) files.set(entry.name, await contentOf(buffer, view, entry));
    at += entry.length;
  }
  return files;
}

function findEnd(view) {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65557); at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new Error("no zip");
}

function readEntry(view, at) {
  const names = view.getUint16(at + 28, true);
  const bytes = new Uint8Array(view.buffer, at + 46, names);
  return {
    method: view.getUint16(at + 10, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    local: view.getUint32(at + 42, true),
    name: new TextDecoder().decode(bytes),
    length: 46 + names + view.getUint16(at + 30, true) + view.getUint16(at + 32, true),
  };
}

async function contentOf(buffer, view, entry) {
  const begin = entry.local + 30 + view.getUint16(entry.local + 26, true) + view.getUint16(entry.local + 28, true);
  const packed = buffer.slice(begin, begin + entry.packed);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new Error("unknown compression");
  return inflate(packed, entry.size);
}

// Stops as soon as more comes out than was announced.
async function inflate(packed, size) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const whole = new Uint8Array(size);
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (filled + value.length > size) throw new Error("more than announced");
    whole.set(value, filled);
    filled += value.length;
  }
  return whole.buffer.slice(0, filled);
}
