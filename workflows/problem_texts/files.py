"""Sentences about files, XML and what other tools leave in it."""

FILES = {
    "file-too-large": (
        "error",
        "The file is larger than 5 MB: split it into smaller ones.",
        "文件超过 5 MB：请拆分成较小的文件。",
    ),
    "file-encoding": (
        "error",
        "The file is not readable as {encoding}: save it as UTF-8.",
        "文件无法按 {encoding} 读取：请另存为 UTF-8 编码。",
    ),
    "doctype": (
        "error",
        "The file has a DOCTYPE or entities, which are refused for safety: remove that line.",
        "文件含有 DOCTYPE 或实体声明，出于安全原因不予读取：请删除该行。",
    ),
    "broken-xml": (
        "error",
        "The file is not well-formed XML ({reason}): open it in the editor and save it again.",
        "文件不是完整的 XML（{reason}）：请在编辑器中打开后重新保存。",
    ),
    "too-deep": (
        "error",
        "The file nests elements more than 100 deep: draw called processes instead.",
        "文件的元素嵌套超过 100 层：请改用调用活动。",
    ),
    "not-bpmn": (
        "error",
        "The file is XML but no BPMN 2.0 diagram (its root is “{root}”): export it as BPMN 2.0.",
        "文件是 XML，但不是 BPMN 2.0 图（根元素为“{root}”）：请导出为 BPMN 2.0。",
    ),
    "broken-json": (
        "error",
        "The file is not valid JSON ({reason}): open it in the editor and save it again.",
        "文件不是有效的 JSON（{reason}）：请在编辑器中打开后重新保存。",
    ),
    "broken-decision": (
        "error",
        "The decision file cannot be read ({reason}): save it as DMN 1.3.",
        "决策文件无法读取（{reason}）：请另存为 DMN 1.3。",
    ),
    "no-process": (
        "error",
        "The file has no process: draw one and mark it executable.",
        "文件中没有流程：请画一个流程并标为可执行。",
    ),
    "empty-process": (
        "error",
        "Process “{name}” is empty: draw a start event, the steps and an end event.",
        "流程“{name}”是空的：请画开始事件、各步骤和结束事件。",
    ),
    "process-not-executable": (
        "error",
        "Process “{name}” is not executable and would be left out without a word: tick “Executable”, or "
        "remove it.",
        "流程“{name}”未标为可执行，会被悄悄忽略：请勾选“可执行”，或删除它。",
    ),
    "missing-id": (
        "error",
        "A {kind} “{name}” has no id: give it one, so that tasks and translations find it.",
        "元素 {kind}“{name}”没有 ID：请给它一个 ID，任务和翻译要用它。",
    ),
    "duplicate-id": (
        "error",
        "The id “{id}” is used twice in this file: give each element an id of its own.",
        "ID“{id}”在本文件中重复：请给每个元素不同的 ID。",
    ),
    "bad-id": (
        "error",
        "“{id}” cannot be an id: begin with a letter and use letters, digits, “_” and “-” only.",
        "“{id}”不能作为 ID：请以字母开头，只用字母、数字、“_”和“-”。",
    ),
    "duplicate-process": (
        "error",
        "Process id “{id}” is used in {other} too: give this process an id of its own.",
        "流程 ID“{id}”在 {other} 中已使用：请给本流程另起 ID。",
    ),
    "duplicate-form": (
        "error",
        "Form id “{id}” is used in {other} too: give this form an id of its own.",
        "表单 ID“{id}”在 {other} 中已使用：请给本表单另起 ID。",
    ),
    "duplicate-decision": (
        "error",
        "Decision id “{id}” is used in {other} too: give this decision an id of its own.",
        "决策 ID“{id}”在 {other} 中已使用：请给本决策另起 ID。",
    ),
    "unknown-element": (
        "error",
        "“{kind}” is not supported and would do nothing: remove it, or draw the step with a task, an event "
        "or a gateway.",
        "不支持元素“{kind}”，它不会起作用：请删除，或用任务、事件、网关来画。",
    ),
    "camunda7": (
        "error",
        "“{name}” is an extension of Camunda 7: draw it with the Camunda 8 (zeebe) panel of the editor, for "
        "instance zeebe:formDefinition or zeebe:assignmentDefinition.",
        "“{name}”是 Camunda 7 的扩展：请用编辑器的 Camunda 8（zeebe）面板设置，例如 zeebe:formDefinition 或 "
        "zeebe:assignmentDefinition。",
    ),
    "spiff-extension": (
        "error",
        "“{name}” is an extension of SpiffWorkflow, which could carry program code: use the Camunda 8 "
        "(zeebe) panel and FEEL instead.",
        "“{name}”是 SpiffWorkflow 的扩展，可能携带程序代码：请改用 Camunda 8（zeebe）面板和 FEEL。",
    ),
    "foreign-extension": (
        "warning",
        "“{name}” comes from another tool ({namespace}) and is ignored: remove it, or say the same with the "
        "Camunda 8 (zeebe) panel.",
        "“{name}”来自其他工具（{namespace}），会被忽略：请删除，或用 Camunda 8（zeebe）面板表达。",
    ),
    "unsupported-extension": (
        "error",
        "“{name}” is not supported and would do nothing: remove it.",
        "不支持“{name}”，它不会起作用：请删除。",
    ),
    "misplaced-extension": (
        "error",
        "“{name}” does nothing on a {kind}: set it on the element it belongs to.",
        "“{name}”放在 {kind} 上不起作用：请设置到它所属的元素上。",
    ),
    "extension-twice": (
        "error",
        "{name} stands here twice and only the first would count: leave one of them.",
        "{name} 在这里写了两次，只有第一个会起作用：请只留一个。",
    ),
    "data-store": (
        "error",
        "Data stores are not supported: the form's binding (property “bind”) says which table a step writes; "
        "remove the data store.",
        "不支持数据存储：步骤写哪张表由表单绑定（属性“bind”）决定；请删除数据存储。",
    ),
    "data-object": (
        "warning",
        "Data object “{name}” is only a drawing and carries no data: use a text annotation, or output "
        "mappings of the tasks.",
        "数据对象“{name}”只是图示，不传递数据：请用文本注释，或任务的输出映射。",
    ),
    "data-association": (
        "warning",
        "A data association carries no data here: use the task's input and output mappings.",
        "数据关联在此不传递数据：请用任务的输入、输出映射。",
    ),
    "wrong-shape": (
        "error",
        "{path}: expected {expected}.",
        "{path}：应为{expected}。",
    ),
    "missing-translation": (
        "warning",
        "There is no English text for {what}: add it to {where}.",
        "{what}没有英文译文：请补充到 {where}。",
    ),
    "unknown-translation": (
        "warning",
        "The translation of “{what}” belongs to nothing in this release: remove it or correct its key.",
        "“{what}”的译文在本版本中没有对应内容：请删除或更正键名。",
    ),
    "role-name-shared": (
        "error",
        "The name “{name}” belongs to two roles ({first} and {second}): give one another name.",
        "名称“{name}”同时属于两个角色（{first} 和 {second}）：请更改其中一个。",
    ),
    "normalised": (
        "warning",
        "Changed when the file was brought in: {what}",
        "导入时的更改：{chinese}",
    ),
    "unreadable": (
        "error",
        "The file cannot be read ({reason}): check its name and its permissions.",
        "文件无法读取（{reason}）：请检查文件名和权限。",
    ),
}
