// The part of the properties panel that knows this program: roles, forms, flows, decisions, effects, and what a step says of itself.
import {
  Group, SelectEntry, TextAreaEntry, TextFieldEntry,
  isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited,
} from "@bpmn-io/properties-panel";
import { jsx } from "@bpmn-io/properties-panel/preact/jsx-runtime";
import { useService } from "bpmn-js-properties-panel";
import { is, getBusinessObject } from "bpmn-js/lib/util/ModelUtil";

// Groups of the Zeebe panel for which this program has no use: lint refuses what they would write, or they stand below.
const LEFT_OUT = new Set([
  "Zeebe__ExecutionListeners", "Zeebe__TaskListeners", "Zeebe__ExtensionProperties", "form", "calledElement", "calledDecision",
  "userTaskImplementation", "businessRuleImplementation", "scriptImplementation", "adHocSubProcessImplementation", "taskDefinition",
  "headers", "compensation", "signal", "link", "adHocCompletion", "outputPropagation", "inputPropagation", "activeElements", "outputCollection",
]);

const ENTRIES_LEFT_OUT = new Set(["assignmentDefinitionCandidateUsers", "taskScheduleFollowUpDate", "priorityDefinitionPriority"]);

const EFFECTS = ["bpmn:ServiceTask", "bpmn:SendTask"];

// ---- reading and writing extension elements ----

function extension(element, type) {
  const found = getBusinessObject(element).get("extensionElements");
  return found?.get("values").find((one) => one.$instanceOf?.(type));
}

function ensured(element, factory, type, commands, attributes = {}) {
  const owner = getBusinessObject(element);
  let group = owner.get("extensionElements");
  if (!group) {
    group = factory.create("bpmn:ExtensionElements", { values: [] });
    group.$parent = owner;
    commands.push(change(element, owner, { extensionElements: group }));
  }
  let own = group.get("values").find((one) => one.$instanceOf?.(type));
  if (!own) {
    own = factory.create(type, attributes);
    own.$parent = group;
    commands.push(change(element, group, { values: [...group.get("values"), own] }));
  } else if (Object.keys(attributes).length) {
    commands.push(change(element, own, attributes));
  }
  return own;
}

const change = (element, moddleElement, properties) => ({
  cmd: "element.updateModdleProperties",
  context: { element, moddleElement, properties },
});

const together = (stack, commands) => stack.execute("properties-panel.multi-command-executor", commands);

// A named value in a list of an extension element: zeebe:properties and zeebe:taskHeaders are both such lists.
const LISTS = {
  property: { holder: "zeebe:Properties", list: "properties", item: "zeebe:Property", key: "name" },
  header: { holder: "zeebe:TaskHeaders", list: "values", item: "zeebe:Header", key: "key" },
};

function listed(element, kind, name) {
  const { holder, list, key } = LISTS[kind];
  return extension(element, holder)?.get(list).find((one) => one.get(key) === name)?.get("value") ?? "";
}

function setListed(element, factory, stack, kind, name, value) {
  const { holder, list, item, key } = LISTS[kind];
  const commands = [];
  const own = ensured(element, factory, holder, commands);
  const others = own.get(list).filter((one) => one.get(key) !== name);
  const before = own.get(list).findIndex((one) => one.get(key) === name);
  if (value) {
    const entry = factory.create(item, { [key]: name, value });
    entry.$parent = own;
    others.splice(before < 0 ? others.length : before, 0, entry);
  }
  commands.push(change(element, own, { [list]: others }));
  together(stack, commands);
}

// ---- entries ----

const choice = (value, label) => ({ value, label });

// An entry of the panel over a pair of functions; `kind` is select, text or area.
function entry({ id, label, kind = "text", description, options, get, set }) {
  const drawn = { select: SelectEntry, text: TextFieldEntry, area: TextAreaEntry }[kind];
  const edited = { select: isSelectEntryEdited, text: isTextFieldEntryEdited, area: isTextAreaEntryEdited }[kind];

  function Component({ element }) {
    const [factory, stack, debounce] = [useService("bpmnFactory"), useService("commandStack"), useService("debounceInput")];
    const value = get(element);
    return jsx(drawn, {
      element, id, label, description, debounce,
      getValue: () => get(element),
      setValue: (chosen) => set(element, chosen ?? "", { factory, stack }),
      // What stands in the file stays to be seen, even where nothing of that name exists any more.
      getOptions: () => withOwn(options ?? [], value),
    });
  }
  return { id, component: Component, isEdited: edited };
}

function withOwn(options, value) {
  const all = options.some((one) => one.value === "") ? options : [choice("", "—"), ...options];
  return !value || all.some((one) => one.value === value) ? all : [...all, choice(value, `${value} ?`)];
}

const property = (name, rest) => entry({
  id: `step-${name}`, get: (element) => listed(element, "property", name),
  set: (element, value, { factory, stack }) => setListed(element, factory, stack, "property", name, value), ...rest,
});

const attribute = (type, name, rest) => entry({
  id: `step-${name}`, get: (element) => extension(element, type)?.get(name) ?? "",
  set: (element, value, { factory, stack }) => {
    const commands = [];
    ensured(element, factory, type, commands, { [name]: value || undefined });
    together(stack, commands);
  }, ...rest,
});

// ---- groups ----

class StepProperties {
  constructor(propertiesPanel, injector, catalogue) {
    Object.assign(this, { injector, catalogue });
    propertiesPanel.registerProvider(200, this); // after those of the modeler and of the templates
  }

  getGroups(element) {
    return (groups) => {
      const bare = !templateOf(element); // then the group about templates only repeats the choice of an effect
      const kept = groups.filter((group) => !LEFT_OUT.has(group.id) && !(bare && group.id === "ElementTemplates__Template"));
      const own = this.own(element);
      for (const group of kept) if (group.id.startsWith("ElementTemplates__Custom")) group.shouldOpen = true;
      for (const group of kept) group.entries &&= group.entries.filter((one) => !ENTRIES_LEFT_OUT.has(one.id));
      return [kept[0], ...own, ...kept.slice(1)].filter(Boolean);
    };
  }

  own(element) {
    const { words } = this.catalogue;
    const group = (id, label, entries) => ({ id, label, component: Group, shouldOpen: true, entries });
    if (is(element, "bpmn:UserTask")) return [group("step", words.step, this.step())];
    if (is(element, "bpmn:Lane")) return [group("role", words.role, [this.role()])];
    if (is(element, "bpmn:CallActivity")) return [group("flow", words.calledFlow, [this.called()])];
    if (is(element, "bpmn:BusinessRuleTask")) return [group("decision", words.decision, this.decision())];
    if (EFFECTS.some((type) => is(element, type)) || listenedType(element)) {
      return [group("effect", words.effect, this.effect(element))];
    }
    if (is(element, "bpmn:Process") || is(element, "bpmn:Participant")) return [group("process", words.process, this.process())];
    return [];
  }

  step() {
    const { words, forms, bindings } = this.catalogue;
    return [
      attribute("zeebe:FormDefinition", "formId", { kind: "select", label: words.form, options: forms }),
      property("ground", { kind: "area", label: words.ground, description: words.groundHint }),
      property("overdue", { kind: "area", label: words.overdue }),
      property("next", { label: words.next, description: words.nextHint }),
      property("bind", { kind: "select", label: words.bind, description: words.bindHint, options: bindings }),
    ];
  }

  role() {
    const { words, roles } = this.catalogue;
    const key = (name) => roles.find((one) => [one.value, one.label, one.english].includes(name))?.value ?? name;
    return entry({
      id: "lane-role", kind: "select", label: words.role, description: words.roleHint, options: roles,
      get: (element) => key(getBusinessObject(element).get("name") ?? ""),
      set: (element, value, { stack }) => {
        const name = roles.find((one) => one.value === value)?.label ?? value;
        stack.execute("element.updateLabel", { element, newLabel: name });
      },
    });
  }

  called() {
    const { words, flows } = this.catalogue;
    return attribute("zeebe:CalledElement", "processId", { kind: "select", label: words.calledFlow, options: flows });
  }

  decision() {
    const { words, decisions } = this.catalogue;
    return [
      attribute("zeebe:CalledDecision", "decisionId", { kind: "select", label: words.decision, options: decisions }),
      attribute("zeebe:CalledDecision", "resultVariable", { label: words.result, description: words.resultHint }),
    ];
  }

  // Choosing an effect applies its element template; its arguments are edited here for elements of any origin.
  effect(element) {
    const { words, effects } = this.catalogue;
    const type = extension(element, "zeebe:TaskDefinition")?.get("type") ?? "";
    const known = effects.find((one) => one.value === type);
    const chosen = entry({
      id: "effect-type", kind: "select", label: words.effect, options: effects, description: known?.description,
      get: (one) => extension(one, "zeebe:TaskDefinition")?.get("type") ?? "",
      set: (one, value, { factory, stack }) => this.choose(one, value, factory, stack),
    });
    if (templateOf(element)) return [chosen]; // the template's own group shows its fields
    const fields = (known?.fields ?? []).map((field) => entry({
      id: `effect-${field.key}`, kind: field.options ? "select" : "text", options: field.options,
      label: field.required ? `${field.label}${words.required}` : field.label,
      description: field.description,
      get: (one) => listed(one, "header", field.key),
      set: (one, value, { factory, stack }) => setListed(one, factory, stack, "header", field.key, value),
    }));
    return [chosen, ...fields];
  }

  choose(element, value, factory, stack) {
    const templates = this.injector.get("elementTemplates");
    const template = templates.getAll().find((one) => one.id === `effect-${value}`);
    if (template && EFFECTS.some((type) => is(element, type))) return templates.applyTemplate(element, template);
    const commands = [];
    ensured(element, factory, "zeebe:TaskDefinition", commands, { type: value || undefined });
    return together(stack, commands);
  }

  process() {
    const { words } = this.catalogue;
    const process = (rest) => ({ get: (element) => listed(processOf(element), "property", rest.name), ...rest });
    const yes = [choice("", "—"), choice("yes", words.yes)];
    const when = ["open", "closed", "any"].map((value) => choice(value, words[value]));
    return [
      process({ name: "inputs", label: words.inputs, description: words.inputsHint }),
      process({ name: "entry", label: words.entry, description: words.entryHint, kind: "select", options: yes }),
      process({ name: "beside", label: words.beside, description: words.besideHint, kind: "select", options: yes }),
      process({ name: "opens", label: words.opens, description: words.opensHint }),
      process({ name: "when", label: words.when, kind: "select", options: [choice("", "—"), ...when] }),
      process({ name: "if", label: words.if, kind: "area" }),
    ].map((rest) => entry({
      ...rest, id: `process-${rest.name}`,
      set: (element, value, { factory, stack }) =>
        setProcess(element, factory, stack, rest.name, value),
    }));
  }
}

StepProperties.$inject = ["propertiesPanel", "injector", "config.catalogue"];

const templateOf = (element) => getBusinessObject(element).get("zeebe:modelerTemplate");
const listenedType = (element) => is(element, "bpmn:ThrowEvent") && extension(element, "zeebe:TaskDefinition");

function processOf(element) {
  const own = getBusinessObject(element);
  return is(own, "bpmn:Participant") ? own.get("processRef") ?? own : own;
}

// The process behind a pool is no shape of its own: its properties are changed through the pool.
function setProcess(element, factory, stack, name, value) {
  const owner = processOf(element);
  const commands = [];
  let group = owner.get("extensionElements");
  if (!group) {
    group = factory.create("bpmn:ExtensionElements", { values: [] });
    group.$parent = owner;
    commands.push(change(element, owner, { extensionElements: group }));
  }
  let own = group.get("values").find((one) => one.$instanceOf?.("zeebe:Properties"));
  if (!own) {
    own = factory.create("zeebe:Properties", { properties: [] });
    own.$parent = group;
    commands.push(change(element, group, { values: [...group.get("values"), own] }));
  }
  const others = own.get("properties").filter((one) => one.get("name") !== name);
  if (value) {
    const item = factory.create("zeebe:Property", { name, value });
    item.$parent = own;
    others.push(item);
  }
  commands.push(change(element, own, { properties: others }));
  together(stack, commands);
}

export default { __init__: ["stepProperties"], stepProperties: ["type", StepProperties] };
