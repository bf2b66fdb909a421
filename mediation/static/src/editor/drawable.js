// What can be drawn is what the engine runs: a plain task becomes a task of a person, and what lint refuses is not offered.

const NOT_ON_THE_PALETTE = ["create.data-object", "create.data-store"];
// By the name of the entry in the menu that replaces an element.
const NOT_IN_THE_MENU = new RegExp(
  "(signal|compensation|conditional-(?!flow)|link-|cancel-|multiple|complex-gateway|manual-task|replace-with-task$|transaction|ad-hoc|" +
  "event-subprocess|non-interrupting-message|instantiate|event-based-instantiate|data-store|data-object|toggle-loop|toggle-is-collection|participant-multiplicity)",
);
const STARTS = /^replace-with-(message|timer|conditional|signal)-start/;

class Drawable {
  constructor(palette, popupMenu, contextPad, elementFactory, create, autoPlace) {
    Object.assign(this, { elementFactory, create, autoPlace });
    palette.registerProvider(100, this);
    popupMenu.registerProvider("bpmn-replace", 100, this);
    contextPad.registerProvider(100, this);
  }

  personsTask() {
    return this.elementFactory.createShape({ type: "bpmn:UserTask" });
  }

  getPaletteEntries() {
    return (entries) => {
      for (const name of NOT_ON_THE_PALETTE) delete entries[name];
      const start = (event) => this.create.start(event, this.personsTask());
      const task = entries["create.task"];
      if (task) Object.assign(task, { className: "bpmn-icon-user-task", action: { click: start, dragstart: start } });
      return entries;
    };
  }

  getPopupMenuEntries() {
    return (entries) => offered(entries);
  }

  getPopupMenuHeaderEntries() {
    return (entries) => offered(entries);
  }

  getContextPadEntries(element) {
    return (entries) => {
      const task = entries["append.append-task"];
      if (task) {
        task.className = "bpmn-icon-user-task";
        task.action = {
          click: () => this.autoPlace.append(element, this.personsTask()),
          dragstart: (event) => this.create.start(event, this.personsTask(), { source: element }),
        };
      }
      return entries;
    };
  }
}

Drawable.$inject = ["palette", "popupMenu", "contextPad", "elementFactory", "create", "autoPlace"];

function offered(entries) {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !NOT_IN_THE_MENU.test(name) && !STARTS.test(name)));
}

export default { __init__: ["drawable"], drawable: ["type", Drawable] };
