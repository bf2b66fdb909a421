// Chinese words of the bpmn.io editors: the published dictionaries, and those strings that they lack.
import bpmn from "bpmn-js-i18n-zh/lib/bpmn-js/index.js";
import camunda from "bpmn-js-i18n-zh/lib/camunda-properties-panel/index.js";
import panel from "bpmn-js-i18n-zh/lib/properties-panel/index.js";
import zeebe from "bpmn-js-i18n-zh/lib/zeebe-properties-panel/index.js";
import second from "bpmn-js-i18n/translations/zn.js";

const own = {};

export const bpmnWords = { ...second, ...camunda, ...bpmn, ...panel, ...zeebe, ...own };
