"""Sentences about expressions, variables, forms and their keys."""

DATA = {
    "expression-syntax": (
        "error",
        "The {part} of “{name}” (“{expression}”) is not FEEL: {reason}.",
        "“{name}”的{part}（“{expression}”）不是有效的 FEEL：{reason}。",
    ),
    "expression-python": (
        "error",
        "The {part} of “{name}” (“{expression}”) looks like a programming language: write FEEL, for instance "
        "=amount > 100 and route = \"court\". {reason}",
        "“{name}”的{part}（“{expression}”）像是程序代码：请写 FEEL，例如 =amount > 100 and route = \"court\"。"
        "{reason}",
    ),
    "expression-template": (
        "error",
        "The {part} of “{name}” (“{expression}”) is in the ${…} style of other engines: write FEEL that "
        "begins with “=”.",
        "“{name}”的{part}（“{expression}”）是其他引擎的 ${…} 写法：请写以“=”开头的 FEEL。",
    ),
    "not-an-expression": (
        "error",
        "The {part} of “{name}” is the plain text “{expression}”, not the variable of that name: begin it "
        "with “=”.",
        "“{name}”的{part}是普通文字“{expression}”，而不是同名变量：请以“=”开头。",
    ),
    "empty-expression": (
        "error",
        "The {part} of “{name}” is empty: enter a FEEL expression that begins with “=”.",
        "“{name}”的{part}是空的：请填写以“=”开头的 FEEL 表达式。",
    ),
    "condition-not-boolean": (
        "error",
        "The {part} of “{name}” (“{expression}”) gives {given}, never true or false: write a comparison.",
        "“{name}”的{part}（“{expression}”）结果是{given}，不是真或假：请写成比较。",
    ),
    "list-expected": (
        "error",
        "The collection “{expression}” of “{name}” gives {given}: it must be a list.",
        "“{name}”的集合“{expression}”结果是{given}：应为列表。",
    ),
    "unknown-variable": (
        "error",
        "“{variable}” in the {part} of “{name}” is known nowhere: use a field of `case`, an output of an "
        "earlier step or a decision's result.{hint}",
        "“{name}”的{part}中的“{variable}”没有定义：请使用 `case` 的字段、前面步骤的输出或决策结果。{hint}",
    ),
    "variable-before-set": (
        "error",
        "“{variable}” in the {part} of “{name}” is set only by later steps or on other paths: set it before, "
        "or use a field of `case`.",
        "“{name}”的{part}中的“{variable}”只在之后或其他路径上才赋值：请先赋值，或使用 `case` 的字段。",
    ),
    "unknown-case-field": (
        "error",
        "`case` has no field “{field}” ({part} of “{name}”): use one of {known}.{hint}",
        "`case` 没有字段“{field}”（“{name}”的{part}）：请使用 {known} 之一。{hint}",
    ),
    "unknown-function": (
        "error",
        "There is no function “{function}” ({part} of “{name}”): use FEEL's own functions or {known}.{hint}",
        "没有函数“{function}”（“{name}”的{part}）：请使用 FEEL 内置函数或 {known}。{hint}",
    ),
    "parallel-write": (
        "error",
        "“{name}” and “{other}” can run at the same time and both write “{variable}”; one result would be "
        "lost: give each a variable of its own.",
        "“{name}”和“{other}”可能同时进行，且都写变量“{variable}”，其中一个结果会丢失：请各用各的变量。",
    ),
    "written-twice": (
        "warning",
        "“{name}” writes “{variable}”, which “{other}” wrote before: give it a name of its own.",
        "“{name}”写变量“{variable}”，而“{other}”之前已写过：请另起变量名。",
    ),
    "variable-name": (
        "error",
        "“{variable}” cannot be the name of a variable (“{name}”): use letters, digits and “_”, and no word "
        "that FEEL or the case manager keeps for itself.",
        "“{variable}”不能作为变量名（“{name}”）：请用文字、数字和“_”，并避开 FEEL 和系统保留的词。",
    ),
    "mapping-incomplete": (
        "error",
        "A mapping of “{name}” lacks its {side}: enter both source and target.",
        "“{name}”的一条映射缺少{side}：请填写来源和目标。",
    ),
    "typename-key": (
        "error",
        "“typename” cannot be a key (“{name}”): the engine could never load the case again; use another name.",
        "“typename”不能作为键（“{name}”）：否则案件将无法再读取；请换一个名称。",
    ),
    "form-kind": (
        "error",
        "Field “{name}” is a “{kind}”, which is not supported: use one of {known}.",
        "字段“{name}”的类型“{kind}”不受支持：请使用 {known} 之一。",
    ),
    "form-key": (
        "error",
        "“{key}” cannot be the key of field “{name}”: begin with a letter, and use letters, digits and “_” "
        "only.",
        "“{key}”不能作为字段“{name}”的键：请以字母开头，只用字母、数字和“_”。",
    ),
    "form-key-missing": (
        "error",
        "Field “{name}” has no key, so its answer is lost: give it one.",
        "字段“{name}”没有键，答案会丢失：请填写键。",
    ),
    "form-key-twice": (
        "error",
        "The key “{key}” is used by two fields: give each a key of its own.",
        "键“{key}”被两个字段使用：请各用各的键。",
    ),
    "form-label": (
        "error",
        "Field “{key}” has no label: say what is asked.",
        "字段“{key}”没有标签：请写明要填什么。",
    ),
    "form-options": (
        "error",
        "Field “{name}” offers nothing to choose from: give it values, or the name of a list of the case "
        "manager.",
        "字段“{name}”没有可选项：请填写选项，或系统提供的列表名称。",
    ),
    "form-option-twice": (
        "error",
        "Field “{name}” offers the value “{value}” twice: give each option a value of its own.",
        "字段“{name}”的选项值“{value}”重复：请给每个选项不同的值。",
    ),
    "form-list-unknown": (
        "error",
        "Field “{name}” takes its options from “{list}”, which the case manager does not offer: use one of "
        "{known}.",
        "字段“{name}”的选项来自“{list}”，系统没有提供这个列表：请使用 {known} 之一。",
    ),
    "form-rule": (
        "error",
        "The rule “{rule}” of field “{name}” is not usable ({reason}): correct it.",
        "字段“{name}”的规则“{rule}”不可用（{reason}）：请更正。",
    ),
    "form-rule-unknown": (
        "error",
        "Field “{name}” has the rule “{rule}”, which is not checked: remove it, or use one of {known}.",
        "字段“{name}”的规则“{rule}”不会被检查：请删除，或使用 {known} 之一。",
    ),
    "form-without-id": (
        "error",
        "The form has no id, so no task can use it: give it one.",
        "表单没有 ID，任务无法使用它：请填写 ID。",
    ),
    "form-empty": (
        "error",
        "Form “{form}” asks nothing: add at least one field or text.",
        "表单“{form}”没有任何内容：请至少添加一个字段或文字。",
    ),
    "form-default": (
        "error",
        "The default of field “{name}” is not a valid answer ({reason}): correct it.",
        "字段“{name}”的默认值不是有效答案（{reason}）：请更正。",
    ),
    "form-nesting": (
        "error",
        "“{name}” is nested too deep: use at most groups within one repeated list.",
        "“{name}”嵌套过深：重复列表内最多再放分组。",
    ),
    "equals-sign-missing": (
        "warning",
        "The {part} of “{name}” (“{expression}”) does not begin with “=”, and the editors would take it for "
        "plain text: write ={expression}.",
        "“{name}”的{part}（“{expression}”）没有以“=”开头，编辑器会当作普通文字：请写成 ={expression}。",
    ),
    "text-expected": (
        "error",
        "The {part} of “{name}” (“{expression}”) gives {given}: it must be one key as text, or null.",
        "“{name}”的{part}（“{expression}”）结果是{given}：应为一个文字键，或空值。",
    ),
    "answer-not-mapped": (
        "error",
        "“{variable}” in the {part} of “{name}” is a field of a form, but no task keeps it as a variable: "
        "add the output mapping ={variable} → {variable} to the task that asks for it.",
        "“{name}”的{part}中的“{variable}”是表单字段，但没有任务把它存为变量：请在填写它的任务上添加输出映射 "
        "={variable} → {variable}。",
    ),
}
