// As much of X.509 as is needed: the public key, whose certificate it is, until when it holds, and its fingerprint.
const SEQUENCE = 0x30, CONTEXT_0 = 0xa0;
const RSA = "1.2.840.113549.1.1.1", EC = "1.2.840.10045.2.1", NAME = "2.5.4.3";
const CURVES = { "1.2.840.10045.3.1.7": ["P-256", 32], "1.3.132.0.34": ["P-384", 48], "1.3.132.0.35": ["P-521", 66] };

export function fromPem(text) {
  const body = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/.exec(text);
  if (!body) throw new Error("no certificate");
  return bytesOf(body[1]);
}

export function bytesOf(base64) {
  return Uint8Array.from(atob(base64.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
}

// One value of DER: its tag, its bytes with and without the head.
function read(bytes, at) {
  let length = bytes[at + 1], head = 2;
  if (length > 0x80) {
    const count = length & 0x7f;
    length = 0;
    for (let n = 0; n < count; n += 1) length = length * 256 + bytes[at + 2 + n];
    head += count;
  }
  const end = at + head + length;
  if (!(end <= bytes.length)) throw new Error("no certificate");
  return { tag: bytes[at], whole: bytes.subarray(at, end), body: bytes.subarray(at + head, end), end };
}

function children(value) {
  const found = [];
  for (let at = 0; at < value.body.length;) {
    const one = read(value.body, at);
    found.push(one);
    at = one.end;
  }
  return found;
}

function oid(value) {
  const [first, ...rest] = value.body, parts = [Math.floor(first / 40), first % 40];
  let number = 0;
  for (const byte of rest) {
    number = number * 128 + (byte & 0x7f);
    if (!(byte & 0x80)) { parts.push(number); number = 0; }
  }
  return parts.join(".");
}

export function certificate(der) {
  const whole = read(der, 0);
  if (whole.tag !== SEQUENCE) throw new Error("no certificate");
  const parts = children(children(whole)[0]);
  const first = parts[0].tag === CONTEXT_0 ? 1 : 0; // the version stands before the serial number, where there is one
  const [, , , validity, subject, key] = parts.slice(first);
  return { name: commonName(subject), until: moment(children(validity)[1]), key };
}

function commonName(subject) {
  for (const set of children(subject)) {
    const [type, value] = children(children(set)[0]);
    if (oid(type) === NAME) return new TextDecoder().decode(value.body);
  }
  return "";
}

function moment(value) {
  const text = new TextDecoder().decode(value.body);
  const year = value.tag === 0x17 ? (Number(text.slice(0, 2)) < 50 ? "20" : "19") + text.slice(0, 2) : text.slice(0, 4);
  const rest = value.tag === 0x17 ? text.slice(2) : text.slice(4);
  return `${year}-${rest.slice(0, 2)}-${rest.slice(2, 4)}`;
}

// Whether the bytes were signed with the key of the certificate (RSA PKCS#1 v1.5 or ECDSA, SHA-256).
export async function signedBy(found, signature, content) {
  const algorithm = children(children(found.key)[0]);
  const kind = oid(algorithm[0]);
  if (kind === RSA) {
    const how = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("spki", found.key.whole, how, false, ["verify"]);
    return crypto.subtle.verify(how, key, signature, content);
  }
  const [curve, width] = (kind === EC && CURVES[oid(algorithm[1])]) || [];
  if (!curve) throw new Error("unknown key");
  const key = await crypto.subtle.importKey("spki", found.key.whole, { name: "ECDSA", namedCurve: curve }, false, ["verify"]);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, flat(signature, width), content);
}

// Two whole numbers in DER -> side by side, as WebCrypto wants them.
function flat(signature, width) {
  const out = new Uint8Array(width * 2);
  children(read(signature, 0)).forEach((one, number) => {
    const digits = one.body[0] === 0 ? one.body.subarray(1) : one.body;
    out.set(digits, width * (number + 1) - digits.length);
  });
  return out;
}
