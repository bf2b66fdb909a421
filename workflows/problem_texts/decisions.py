"""Sentences about decision files: expressions in them, tables, types and what they rest on."""

DECISIONS = {
    "decision-expression": (
        "error",
        "“{expression}” is no FEEL that can be used here: {reason}.",
        "“{expression}”不是此处可用的 FEEL：{reason}。",
    ),
    "decision-not-covered": (
        "error",
        "This is not supported: {what}. Use a decision table, an expression or a boxed context instead.",
        "不支持：{what}。请改用决策表、表达式或上下文。",
    ),
    "decision-no-logic": (
        "error",
        "“{name}” has no logic: add a decision table or an expression.",
        "“{name}”没有决策逻辑：请添加决策表或表达式。",
    ),
    "decision-unknown-type": (
        "error",
        "There is no type “{name}”: choose string, number, boolean, date, or a type defined in this file.",
        "类型“{name}”不存在：请选择 string、number、boolean、date 或本文件中定义的类型。",
    ),
    "decision-type-cycle": (
        "error",
        "The type “{name}” is defined by itself: give it a type of its own.",
        "类型“{name}”引用了自身：请为它指定其他类型。",
    ),
    "decision-cycle": (
        "error",
        "“{name}” rests on itself: remove one of the arrows between the decisions.",
        "“{name}”依赖自身：请删除决策之间的一条连线。",
    ),
    "decision-dangling": (
        "error",
        "“{name}” rests on “{reference}”, which is not in this file: draw the arrow from an existing element.",
        "“{name}”依赖的“{reference}”不在本文件中：请从已有元素画连线。",
    ),
    "decision-entries": (
        "error",
        "The {what} {number} has not as many entries as the table has columns: fill in or delete cells.",
        "第 {number} 条规则的单元格数与列数不一致：请补齐或删除单元格。",
    ),
    "decision-output-names": (
        "error",
        "Each output column of a table with several needs a name of its own.",
        "有多个输出列时，每列都要有各自的名称。",
    ),
    "decision-unknown-variable": (
        "error",
        "“{variable}” in “{expression}” is known nowhere: use an input of this file, a required decision, or a "
        "variable of the flow.",
        "“{expression}”中的“{variable}”没有定义：请使用本文件的输入、所依赖的决策或流程变量。",
    ),
    "decision-unknown-function": (
        "error",
        "There is no function “{function}” (in “{expression}”): use a built-in function of FEEL.",
        "函数“{function}”不存在（见“{expression}”）：请使用 FEEL 内置函数。",
    ),
    "decision-not-required": (
        "warning",
        "“{variable}” is read without an arrow from that input, so it is null here: draw the arrow.",
        "读取了“{variable}”，但没有从该输入画连线，因此为空：请补画连线。",
    ),
    "decision-overlap": (
        "error",
        "Rules {first} and {second} both match {example}, but the hit policy is UNIQUE: narrow one of them, or "
        "choose FIRST.",
        "规则 {first} 和 {second} 会同时命中（{example}），而命中策略是 UNIQUE：请收窄其中一条，或改用 FIRST。",
    ),
    "decision-unreachable": (
        "warning",
        "Rule {number} can never be the result, because rule {before} matches everything it matches: move or "
        "delete it.",
        "规则 {number} 永远不会成为结果，因为规则 {before} 已覆盖它：请调整顺序或删除。",
    ),
    "decision-no-priority": (
        "error",
        "The hit policy {policy} needs output values in order, the highest priority first.",
        "命中策略 {policy} 需要按优先级从高到低列出输出值。",
    ),
}
