"""Sentences about the drawing itself: paths, gateways, joins and loops."""

DRAWING = {
    "no-start-event": (
        "error",
        "“{scope}” has no start event: draw exactly one plain start event.",
        "“{scope}”没有开始事件：请画一个（且仅一个）普通开始事件。",
    ),
    "several-start-events": (
        "error",
        "“{scope}” has several start events and only one would count: keep one and decide with a gateway "
        "after it.",
        "“{scope}”有多个开始事件，只有一个会生效：请保留一个，并在其后用网关分流。",
    ),
    "start-event-kind": (
        "error",
        "Start event “{name}” waits for a {kind}: processes are started by the case manager or by a call "
        "activity; draw a plain start event.",
        "开始事件“{name}”在等待{kind}：流程由系统或调用活动启动；请画普通开始事件。",
    ),
    "no-end-event": (
        "error",
        "“{scope}” has no end event: end every path in one.",
        "“{scope}”没有结束事件：请让每条路径都到达结束事件。",
    ),
    "dead-end": (
        "error",
        "No flow leaves “{name}”, and it is no end event: draw a flow to the next step or to an end event.",
        "“{name}”没有流出的连线，又不是结束事件：请连到下一步或结束事件。",
    ),
    "unreachable": (
        "error",
        "No path leads from the start to “{name}”, so it never happens: draw a flow to it or remove it.",
        "从开始事件到不了“{name}”，它永远不会发生：请连线到它，或删除它。",
    ),
    "cannot-end": (
        "error",
        "From “{name}” no path leads to an end event: draw a way out of this loop.",
        "从“{name}”到不了任何结束事件：请为这个循环画一条出路。",
    ),
    "broken-flow": (
        "error",
        "Flow “{name}” is not connected at its {end}: draw it from one element to another.",
        "连线“{name}”的{end}没有连接元素：请把它从一个元素画到另一个元素。",
    ),
    "flow-across-scopes": (
        "error",
        "Flow “{name}” crosses the edge of a subprocess: leave it through the subprocess's own end event.",
        "连线“{name}”穿过了子流程的边界：请从子流程自己的结束事件离开。",
    ),
    "flow-into-event": (
        "error",
        "A flow leads into {kind} “{name}”, which nothing can enter: lead it to the step after it.",
        "有连线指向{kind}“{name}”，它不能被进入：请连到它之后的步骤。",
    ),
    "flow-out-of-end": (
        "error",
        "A flow leaves end event “{name}” and is never taken: use an intermediate event, or remove the flow.",
        "有连线从结束事件“{name}”流出，永远不会执行：请改用中间事件，或删除连线。",
    ),
    "condition-without-gateway": (
        "error",
        "The flow has a condition but leaves “{name}”, which is no exclusive or inclusive gateway, so the "
        "condition is ignored: draw a gateway after “{name}” and put the condition there.",
        "该连线带条件，却从“{name}”流出，它不是排他或包容网关，条件会被忽略：请在“{name}”之后画网关，把条件写"
        "在那里。",
    ),
    "several-outgoing": (
        "error",
        "{count} flows leave “{name}”: draw a gateway after it (exclusive to choose, parallel to do all).",
        "“{name}”有 {count} 条流出连线：请在其后画网关（选择用排他，同时进行用并行）。",
    ),
    "missing-condition": (
        "error",
        "The flow leaves gateway “{name}” without a condition and is not its default: give it a condition, "
        "or mark it as the default flow.",
        "从网关“{name}”流出的这条连线既没有条件，也不是默认流：请写条件，或设为默认流。",
    ),
    "default-with-condition": (
        "error",
        "The default flow of “{name}” has a condition, which is ignored: remove the condition, or make "
        "another flow the default.",
        "“{name}”的默认流带有条件，条件会被忽略：请删除条件，或改设其他默认流。",
    ),
    "default-not-outgoing": (
        "error",
        "The default flow “{flow}” does not leave “{name}”: choose one of its own flows.",
        "默认流“{flow}”不是从“{name}”流出的：请在它自己的流出连线中选择。",
    ),
    "default-without-gateway": (
        "error",
        "“{name}” has a default flow but is no exclusive or inclusive gateway: draw a gateway after it.",
        "“{name}”设了默认流，但它不是排他或包容网关：请在其后画网关。",
    ),
    "condition-on-parallel": (
        "error",
        "A parallel gateway takes every flow, so the condition is ignored: use an inclusive gateway, or "
        "remove the condition.",
        "并行网关会执行所有连线，条件会被忽略：请改用包容网关，或删除条件。",
    ),
    "single-conditional": (
        "warning",
        "Only one flow leaves “{name}” and it has a condition; when it is false the case stands still: draw "
        "the other way too.",
        "“{name}”只有一条流出连线且带条件，条件不成立时案件会停住：请把另一条路也画出来。",
    ),
    "event-gateway-branches": (
        "error",
        "After event gateway “{name}” at least two events must wait: draw them, or remove the gateway.",
        "事件网关“{name}”之后至少要有两个等待事件：请补画，或删除网关。",
    ),
    "event-gateway-target": (
        "error",
        "“{target}” follows event gateway “{name}” but is no timer or message catch event with this one flow "
        "into it: draw such an event there.",
        "“{target}”在事件网关“{name}”之后，但不是只由该网关流入的定时或消息捕获事件：请在此画这样的事件。",
    ),
    "two-timers": (
        "error",
        "Two timers follow event gateway “{name}” and only one would run: keep the earlier one, and draw the "
        "later wait after it.",
        "事件网关“{name}”之后有两个定时器，只有一个会生效：请保留较早的一个，把较晚的等待画在其后。",
    ),
    "same-message-twice": (
        "error",
        "Two events after gateway “{name}” wait for message “{message}”: keep one and decide with an "
        "exclusive gateway after it.",
        "网关“{name}”之后有两个事件都等待消息“{message}”：请保留一个，其后用排他网关分流。",
    ),
    "event-gateway-starts": (
        "error",
        "Event gateway “{name}” is marked to start the process: processes start with a plain start event.",
        "事件网关“{name}”被设为启动流程：流程应以普通开始事件启动。",
    ),
    "complex-gateway": (
        "error",
        "Complex gateways are not supported: draw “{name}” with exclusive, inclusive or parallel gateways.",
        "不支持复杂网关：请用排他、包容或并行网关来画“{name}”。",
    ),
    "join-deadlock": (
        "error",
        "“{name}” waits for all its flows, but the paths into it are alternatives, so the case stands still: "
        "use an exclusive gateway here.",
        "“{name}”要等所有连线到齐，但流入的路径是二选一的，案件会停住：请在此改用排他网关。",
    ),
    "runs-twice": (
        "error",
        "Parallel paths meet at “{name}” without a join, so everything after it happens twice: join them "
        "with a parallel gateway, or end the side path in an end event of its own.",
        "并行路径在“{name}”汇合却没有并行网关，之后的步骤会执行两次：请用并行网关汇合，或让支路在自己的结束事"
        "件结束。",
    ),
    "cycle-without-gateway": (
        "error",
        "“{name}” is in a loop without a gateway, which never stops: draw an exclusive gateway that leads "
        "out of it.",
        "“{name}”在一个没有网关的循环里，永远不会停止：请画一个能走出循环的排他网关。",
    ),
    "cycle-without-wait": (
        "error",
        "“{name}” is in a loop in which nobody acts and nothing is waited for, so it would spin: draw a user "
        "task, a timer or a message into the loop.",
        "“{name}”所在的循环里没有人办理也没有等待，会空转：请在循环中画用户任务、定时器或消息。",
    ),
    "lost-flow": (
        "error",
        "“{name}” names flow “{flow}” as {end}, but no such flow is connected there: draw the flow again, or "
        "save the file in the editor once more.",
        "“{name}”把连线“{flow}”列为{end}，但那里没有连接这条线：请重新画出连线，或在编辑器中再保存一次。",
    ),
    "process-too-large": (
        "error",
        "Process “{name}” has {count} elements, more than {most}: split it into called processes.",
        "流程“{name}”有 {count} 个元素，超过 {most} 个：请拆分成被调用的流程。",
    ),
    "answer-without-way": (
        "warning",
        "When “{variable}” is “{value}”, as the form offers, no condition of gateway “{name}” holds and the "
        "case stands still: draw a flow for it, or a default flow.",
        "表单提供的“{variable}”取值“{value}”在网关“{name}”没有对应的路，案件会停住：请补画连线，或设默认流。",
    ),
}
