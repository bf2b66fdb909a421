"""Sentences about single elements that the engine does not carry out as drawn."""

ELEMENTS = {
    "task-kind": (
        "error",
        "“{name}” is a {kind}, which nobody does and nothing records: make it a user task, or a service task "
        "with an effect.",
        "“{name}”是{kind}，没有人办理也不留记录：请改为用户任务，或带动作的服务任务。",
    ),
    "event-subprocess": (
        "error",
        "Event subprocess “{name}” would not start when its event happens: draw a boundary event on a call "
        "activity instead.",
        "事件子流程“{name}”不会在事件发生时启动：请改在调用活动上画边界事件。",
    ),
    "ad-hoc-subprocess": (
        "error",
        "Ad-hoc subprocess “{name}” is not supported: draw the steps with gateways, or start a further "
        "process of the case.",
        "不支持特别子流程“{name}”：请用网关画出步骤，或为案件另启一个流程。",
    ),
    "transaction": (
        "error",
        "Transaction “{name}” is not supported: draw a subprocess with an error boundary event.",
        "不支持事务子流程“{name}”：请画带错误边界事件的子流程。",
    ),
    "link-event": (
        "error",
        "Link event “{name}” loses the path: draw one flow instead of the two link events.",
        "链接事件“{name}”会丢失路径：请用一条连线代替这两个链接事件。",
    ),
    "compensation": (
        "error",
        "Compensation (“{name}”) is not carried out: draw the steps that undo as ordinary tasks.",
        "补偿（“{name}”）不会执行：请把撤销的步骤画成普通任务。",
    ),
    "signal-event": (
        "error",
        "Signal event “{name}” is not carried out: use a message event, or an effect of a service task.",
        "信号事件“{name}”不会执行：请用消息事件，或服务任务的动作。",
    ),
    "conditional-event": (
        "error",
        "Conditional event “{name}” is never looked at again: use a timer with a gateway, or a message event.",
        "条件事件“{name}”不会被持续检查：请用定时器加网关，或消息事件。",
    ),
    "cancel-event": (
        "error",
        "Cancel event “{name}” belongs to transactions, which are not supported: use an error event.",
        "取消事件“{name}”属于事务，不受支持：请用错误事件。",
    ),
    "throw-error": (
        "error",
        "An intermediate event cannot throw an error and would do nothing: end the path in error end event "
        "“{name}”.",
        "中间事件不能抛出错误，不会起作用：请用错误结束事件“{name}”结束该路径。",
    ),
    "throw-event-kind": (
        "error",
        "{place} “{name}” throws a {kind}, which does nothing: use a plain event.",
        "{place}“{name}”抛出{kind}，不起作用：请用普通事件。",
    ),
    "catch-event-kind": (
        "error",
        "{place} “{name}” catches a {kind}, which never arrives there: use a timer or a message.",
        "{place}“{name}”捕获{kind}，它不会到达这里：请用定时器或消息。",
    ),
    "event-without-definition": (
        "error",
        "{place} “{name}” does not say what it waits for: make it a timer, message or error event.",
        "{place}“{name}”没有说明等待什么：请设为定时、消息或错误事件。",
    ),
    "several-event-definitions": (
        "error",
        "“{name}” has several event definitions and only one would count: draw one event for each.",
        "“{name}”有多个事件定义，只有一个会生效：请分别画成单独的事件。",
    ),
    "boundary-without-activity": (
        "error",
        "Boundary event “{name}” sits on no activity: attach it to a task or a call activity.",
        "边界事件“{name}”没有附着在活动上：请附着到任务或调用活动上。",
    ),
    "boundary-on-automatic": (
        "warning",
        "“{activity}” is done at once, so boundary event “{name}” never happens: attach it to a step that "
        "waits.",
        "“{activity}”会立即完成，边界事件“{name}”不会发生：请附着到需要等待的步骤上。",
    ),
    "non-interrupting-message": (
        "error",
        "A non-interrupting message boundary fires only once: make “{name}” interrupting, or start a further "
        "process of the case for what may come often.",
        "非中断的消息边界事件只会触发一次：请把“{name}”设为中断型，或把可能多次发生的事画成案件的另一个流程。",
    ),
    "non-interrupting-signal": (
        "error",
        "A non-interrupting signal boundary fires only once: start a further process of the case instead of "
        "“{name}”.",
        "非中断的信号边界事件只会触发一次：请用案件的另一个流程代替“{name}”。",
    ),
    "non-interrupting-error": (
        "error",
        "An error always interrupts: make boundary event “{name}” interrupting.",
        "错误必然中断活动：请把边界事件“{name}”设为中断型。",
    ),
    "uncaught-error": (
        "error",
        "Error “{error}” of “{name}” is caught nowhere, and the flow would go on as if nothing had happened: "
        "draw an error boundary event for it on {where}.",
        "“{name}”的错误“{error}”无处捕获，流程会若无其事地继续：请在{where}上画对应的错误边界事件。",
    ),
    "error-not-thrown": (
        "error",
        "Boundary event “{name}” waits for error “{error}”, which nothing inside “{activity}” throws: "
        "correct the error, or move the event to the activity that throws it.",
        "边界事件“{name}”等待错误“{error}”，但“{activity}”内部不会抛出它：请更正错误，或把事件移到会抛出它的"
        "活动上。",
    ),
    "escalation-not-thrown": (
        "error",
        "Boundary event “{name}” waits for escalation “{code}”, which nothing inside “{activity}” throws: "
        "correct the escalation, or move the event.",
        "边界事件“{name}”等待升级“{code}”，但“{activity}”内部不会抛出它：请更正升级，或移动事件。",
    ),
    "uncaught-escalation": (
        "warning",
        "Escalation “{code}” of “{name}” is caught nowhere: draw an escalation boundary event on the "
        "activity around it.",
        "“{name}”的升级“{code}”无处捕获：请在外层活动上画升级边界事件。",
    ),
    "unknown-reference": (
        "error",
        "“{name}” refers to {kind} “{ref}”, which this file does not declare: choose one that exists.",
        "“{name}”引用的{kind}“{ref}”在本文件中没有声明：请选择已有的。",
    ),
    "message-missing": (
        "error",
        "“{name}” does not say which message: choose or create one.",
        "“{name}”没有指定消息：请选择或新建一个。",
    ),
    "message-without-name": (
        "error",
        "The message of “{name}” has no name: give it the name under which it is delivered.",
        "“{name}”的消息没有名称：请填写投递时使用的名称。",
    ),
    "unknown-message": (
        "warning",
        "Nothing in the case manager sends message “{message}”, so “{name}” would wait for ever: use one of "
        "{known}.",
        "系统中没有谁发送消息“{message}”，“{name}”会一直等下去：请使用 {known} 之一。",
    ),
    "error-without-code": (
        "error",
        "The error of “{name}” has no code: give it one, so that the right boundary event catches it.",
        "“{name}”的错误没有代码：请填写代码，以便对应的边界事件捕获。",
    ),
    "timer-missing": (
        "error",
        "Timer “{name}” does not say when: enter a date, a duration (P7D) or a FEEL expression "
        "(=working_days(3)).",
        "定时器“{name}”没有时间：请填写日期、时长（P7D）或 FEEL 表达式（=working_days(3)）。",
    ),
    "timer-text": (
        "error",
        "“{text}” of timer “{name}” is no {kind}: write for instance {example}, or an expression that begins "
        "with “=”.",
        "定时器“{name}”的“{text}”不是{kind}：请写成例如 {example}，或以“=”开头的表达式。",
    ),
    "timer-result": (
        "error",
        "The expression of timer “{name}” gives {given}, not a {kind}: write for instance {example}.",
        "定时器“{name}”的表达式结果是{given}，不是{kind}：请写成例如 {example}。",
    ),
    "timer-cycle": (
        "error",
        "A repeating timer on “{name}” is not carried out: repeat only on non-interrupting boundary events, "
        "and use a duration here.",
        "“{name}”上的循环定时不会执行：循环只用于非中断的边界事件，这里请用时长。",
    ),
    "standard-loop": (
        "error",
        "The loop marker of “{name}” is not carried out: draw the loop with an exclusive gateway.",
        "“{name}”的循环标记不会执行：请用排他网关画出循环。",
    ),
    "loop-without-collection": (
        "error",
        "“{name}” repeats but does not say over which list: set the input collection (at most 50 entries).",
        "“{name}”是多实例，但没有指定列表：请设置输入集合（最多 50 项）。",
    ),
    "loop-cardinality": (
        "error",
        "“{name}” repeats by a number, which loses its results: set an input collection instead.",
        "“{name}”按次数重复，会丢失结果：请改设输入集合。",
    ),
    "loop-too-long": (
        "error",
        "“{name}” repeats {count} times; more than 50 are refused: use one task over a table, or a loop.",
        "“{name}”重复 {count} 次，超过 50 次会被拒绝：请用一个面向表格的任务，或用循环。",
    ),
    "loop-output": (
        "error",
        "“{name}” collects results but names only one of output collection and output element: set both.",
        "“{name}”收集结果，但输出集合与输出元素只填了一个：请两个都填。",
    ),
    "loop-interrupted": (
        "warning",
        "Boundary event “{name}” interrupts the repetition of “{activity}” and drops the results collected "
        "so far: let a service task keep each result when it is given.",
        "边界事件“{name}”会中断“{activity}”的多实例并丢弃已收集的结果：请在每次得到结果时就由服务任务保存。",
    ),
    "in-two-lanes": (
        "error",
        "“{name}” lies in two lanes ({first} and {second}): draw it in one.",
        "“{name}”同时在两个泳道中（{first} 和 {second}）：请只画在一个泳道里。",
    ),
    "entry-first-step": (
        "error",
        "“{name}” begins cases (entry = yes), but its start does not lead to one user task with a form: draw that task "
        "first, before any gateway.",
        "“{name}”是入口流程（entry = yes），但从开始事件没有直接到达一个带表单的用户任务：请先画这个任务，再画网关。",
    ),
    "opens-role-unknown": (
        "error",
        "“{name}” may be begun by “{role}”, which is no role: use one of {known}.",
        "“{name}”写明由“{role}”开始，但没有这个角色：请用 {known} 之一。",
    ),
    "lane-reference": (
        "error",
        "Lane “{lane}” lists “{ref}”, which is not in the process: draw the lane anew around its elements.",
        "泳道“{lane}”列出了流程中不存在的“{ref}”：请重新画泳道，包住它的元素。",
    ),
}
