// The words of the bpmn.io editors in the language of the page; what nobody has translated is noted down for a test.
import { bpmnWords } from "./words-zh.js";

const CHINESE = /[\u3400-\u9fff]/;
const NOT_WORDS = /^[\s\d.,:;()[\]{}=<>+*/%"'!?|\\-]*$/;

export function translation(place, words = bpmnWords) {
  const missing = (place.missingWords = new Set());
  const chinese = document.documentElement.lang.startsWith("zh");

  function translate(template, replacements = {}) {
    if (template === undefined || template === null) return template;
    const known = words[template];
    if (chinese && known === undefined && !CHINESE.test(template) && !NOT_WORDS.test(template)) missing.add(template);
    const text = chinese && known !== undefined ? known : String(template);
    return text.replace(/\{([^}]+)\}/g, (whole, name) => {
      const value = replacements[name];
      if (value === undefined) return whole;
      return chinese && typeof value === "string" && words[value] !== undefined ? words[value] : value;
    });
  }

  return { translate: ["value", translate] };
}
