"""Sentences about names that a flow uses: roles, forms, decisions, effects, papers, other processes."""

BINDINGS = {
    "missing-lane": (
        "error",
        "User task “{name}” lies in no lane, so nobody may do it: draw it in the lane of a role.",
        "用户任务“{name}”不在任何泳道中，没有人能办理：请画到某个角色的泳道里。",
    ),
    "unnamed-lane": (
        "error",
        "The lane around “{name}” has no name: give it the name of a role ({known}).",
        "“{name}”所在的泳道没有名称：请填写角色名称（{known}）。",
    ),
    "unknown-role": (
        "error",
        "Lane “{lane}” (around {tasks}) is no role: name it as one of {known}.{hint}",
        "泳道“{lane}”（含 {tasks}）不是角色：请使用 {known} 之一。{hint}",
    ),
    "missing-form": (
        "error",
        "User task “{name}” has no form: link one (form id) in the panel.",
        "用户任务“{name}”没有表单：请在面板中关联表单（表单 ID）。",
    ),
    "unknown-form": (
        "error",
        "There is no form “{form}” for user task “{name}”: choose one of the release's forms.{hint}",
        "用户任务“{name}”的表单“{form}”不存在：请选择本版本中的表单。{hint}",
    ),
    "missing-deadline": (
        "error",
        "User task “{name}” has no deadline: set its due date, for instance =working_days(3).",
        "用户任务“{name}”没有期限：请设置到期日，例如 =working_days(3)。",
    ),
    "due-date-text": (
        "error",
        "“{text}” is no due date of “{name}”: write for instance =working_days(3) or P7D.",
        "“{text}”不能作为“{name}”的到期日：请写成例如 =working_days(3) 或 P7D。",
    ),
    "due-date-result": (
        "error",
        "The due date of “{name}” gives {given}: it must be a date, a date and time or a duration, for "
        "instance =working_days(3).",
        "“{name}”的到期日结果是{given}：应为日期、日期时间或时长，例如 =working_days(3)。",
    ),
    "missing-ground": (
        "warning",
        "User task “{name}” does not say on which law or rule its deadline rests: add the property “ground”.",
        "用户任务“{name}”没有说明期限的依据：请添加属性“ground”。",
    ),
    "missing-overdue": (
        "warning",
        "User task “{name}” does not say what happens when its deadline passes: add the property “overdue”.",
        "用户任务“{name}”没有说明逾期后会怎样：请添加属性“overdue”。",
    ),
    "missing-name": (
        "warning",
        "The {kind} has no name, and people would see its id: name it.",
        "该{kind}没有名称，人们会看到它的 ID：请命名。",
    ),
    "missing-effect": (
        "error",
        "“{name}” does not say what it causes: set the task type to an effect ({known}).",
        "“{name}”没有说明要做什么：请把任务类型设为某个动作（{known}）。",
    ),
    "effect-expression": (
        "error",
        "The task type of “{name}” is an expression: an effect is named by a plain word; draw one service "
        "task for each.",
        "“{name}”的任务类型是表达式：动作必须写明名称；请为每个动作画一个服务任务。",
    ),
    "unknown-effect": (
        "error",
        "There is no effect “{effect}” for “{name}”: use one of {known}.{hint}",
        "“{name}”的动作“{effect}”不存在：请使用 {known} 之一。{hint}",
    ),
    "missing-argument": (
        "error",
        "Effect “{effect}” of “{name}” needs the header “{argument}”: add it.",
        "“{name}”的动作“{effect}”需要参数“{argument}”：请补上。",
    ),
    "unknown-argument": (
        "error",
        "Effect “{effect}” of “{name}” knows no header “{argument}”: use one of {known}.",
        "“{name}”的动作“{effect}”没有参数“{argument}”：请使用 {known} 之一。",
    ),
    "argument-value": (
        "error",
        "“{value}” is no value for header “{argument}” of “{name}”: use one of {known}.",
        "“{value}”不能作为“{name}”的参数“{argument}”的值：请使用 {known} 之一。",
    ),
    "unknown-paper": (
        "error",
        "There is no paper “{paper}” for “{name}”: use one of {known}.{hint}",
        "“{name}”的文书“{paper}”不存在：请使用 {known} 之一。{hint}",
    ),
    "unknown-binding": (
        "error",
        "Nothing binds “{binding}” of “{name}”: use one of {known}.{hint}",
        "“{name}”的绑定“{binding}”不存在：请使用 {known} 之一。{hint}",
    ),
    "missing-process": (
        "error",
        "Call activity “{name}” does not say which process: choose one.",
        "调用活动“{name}”没有指定流程：请选择一个。",
    ),
    "called-process-expression": (
        "error",
        "Call activity “{name}” computes its process, which is never computed: draw one call activity for "
        "each route after a gateway.",
        "调用活动“{name}”用表达式指定流程，它不会被计算：请在网关后为每条路线画一个调用活动。",
    ),
    "unknown-process": (
        "error",
        "There is no process “{process}” for call activity “{name}”: choose one of the release's "
        "processes.{hint}",
        "调用活动“{name}”的流程“{process}”不存在：请选择本版本中的流程。{hint}",
    ),
    "recursion": (
        "error",
        "Call activity “{name}” leads back to its own process ({path}): draw a loop, or start a further "
        "process of the case.",
        "调用活动“{name}”又回到自己的流程（{path}）：请画循环，或为案件另启一个流程。",
    ),
    "propagates-everything": (
        "error",
        "Call activity “{name}” copies every variable back: set “propagate all child variables” to off and "
        "map the results you need.",
        "调用活动“{name}”会带回所有变量：请关闭“传播所有子变量”，只映射需要的结果。",
    ),
    "missing-input": (
        "error",
        "Process “{process}” needs the input “{input}”, which call activity “{name}” does not give: add an "
        "input mapping.",
        "流程“{process}”需要输入“{input}”，调用活动“{name}”没有提供：请添加输入映射。",
    ),
    "missing-decision": (
        "error",
        "Business rule task “{name}” does not say which decision: set the decision id.",
        "业务规则任务“{name}”没有指定决策：请填写决策 ID。",
    ),
    "decision-expression": (
        "error",
        "Business rule task “{name}” computes its decision: name it by a plain id.",
        "业务规则任务“{name}”用表达式指定决策：请直接写决策 ID。",
    ),
    "unknown-decision": (
        "error",
        "There is no decision “{decision}” for “{name}”: choose one of the release's decisions.{hint}",
        "“{name}”的决策“{decision}”不存在：请选择本版本中的决策。{hint}",
    ),
    "missing-result": (
        "error",
        "“{name}” does not say into which variable its result goes: set the result variable.",
        "“{name}”没有说明结果放入哪个变量：请设置结果变量。",
    ),
    "missing-script": (
        "error",
        "Script task “{name}” has no FEEL expression: enter one with its result variable.",
        "脚本任务“{name}”没有 FEEL 表达式：请填写表达式和结果变量。",
    ),
    "script-language": (
        "error",
        "“{name}” carries a script in {language}, which is never run: write a FEEL expression with a result "
        "variable, or use a service task with an effect.",
        "“{name}”带有 {language} 脚本，不会被执行：请写 FEEL 表达式和结果变量，或用带动作的服务任务。",
    ),
    "mapping-without-effect": (
        "error",
        "The {side} of “{name}” is never carried out: a service task and an event that throws return "
        "nothing; map on a user task, script, rule task or call activity.",
        "“{name}”的{side}不会执行：服务任务和抛出事件不返回结果；请在用户任务、脚本、规则任务或调用活动上做映"
        "射。",
    ),
}
