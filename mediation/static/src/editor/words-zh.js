// Chinese words of the bpmn.io editors: the published dictionaries, and what they lack or call otherwise than our guides do.
import bpmn from "bpmn-js-i18n-zh/lib/bpmn-js/index.js";
import camunda from "bpmn-js-i18n-zh/lib/camunda-properties-panel/index.js";
import panel from "bpmn-js-i18n-zh/lib/properties-panel/index.js";
import zeebe from "bpmn-js-i18n-zh/lib/zeebe-properties-panel/index.js";
import second from "bpmn-js-i18n/translations/zn.js";

const TRIGGERS = {
  Message: "消息", Timer: "定时", Error: "错误", Escalation: "升级", Signal: "信号", Conditional: "条件", Link: "链接",
  Compensation: "补偿", Compensate: "补偿", Terminate: "终止", Cancel: "取消", Multiple: "多重", "Parallel Multiple": "并行多重",
};
const EVENTS = {
  "Start Event": "开始事件", "End Event": "结束事件", "Boundary Event": "边界事件",
  "Intermediate Throw Event": "中间抛出事件", "Intermediate Catch Event": "中间捕获事件",
};
// What the head of the panel calls an element.
const KINDS = {
  Process: "流程", Collaboration: "协作", Participant: "泳池", Lane: "泳道", "Text Annotation": "文本注释", Group: "分组",
  "Sequence Flow": "顺序流", "Conditional Flow": "条件流", "Default Flow": "默认流", "Message Flow": "消息流", Association: "关联",
  "Data Input Association": "数据输入关联", "Data Output Association": "数据输出关联", "Data Object Reference": "数据对象引用",
  "Data Store Reference": "数据存储引用", Task: "任务", "User Task": "用户任务", "Service Task": "服务任务", "Send Task": "发送任务",
  "Receive Task": "接收任务", "Script Task": "脚本任务", "Manual Task": "手动任务", "Business Rule Task": "业务规则任务",
  "Call Activity": "调用活动", "Sub Process": "子流程", "Collapsed Sub Process": "子流程（折叠）", "Expanded Sub Process": "子流程（展开）",
  "Event Sub Process": "事件子流程", "Ad Hoc Sub Process": "自由子流程", Transaction: "事务", "Exclusive Gateway": "排他网关",
  "Parallel Gateway": "并行网关", "Inclusive Gateway": "包容网关", "Event Based Gateway": "事件网关", "Complex Gateway": "复杂网关",
  Label: "标签",
};

function events() {
  const found = { ...EVENTS };
  for (const [trigger, before] of Object.entries(TRIGGERS)) {
    for (const [event, name] of Object.entries(EVENTS)) {
      found[`${trigger} ${event}`] = `${before}${name}`;
      found[`${trigger} ${event} (Non Interrupting)`] = `${before}${name}（不中断）`;
    }
  }
  return found;
}

const own = {
  "Business rule task": "业务规则任务",
  "Call activity": "调用活动",
  "Exclusive gateway": "排他网关",
  "Align elements ": "对齐元素",
  "Close minimap": "关闭小地图",
  "Open minimap": "小地图",
  "{label} must not be empty.": "“{label}”不能为空。",
  "Must not be empty.": "不能为空。",
  "{label} cannot exceed {maxLength} characters.": "“{label}”不能超过 {maxLength} 个字符。",
  "Cannot exceed {maxLength} characters.": "不能超过 {maxLength} 个字符。",
  "Field cannot exceed {maxLength} characters.": "不能超过 {maxLength} 个字符。",
  "{label} must be at least {minLength} characters.": "“{label}”至少 {minLength} 个字符。",
  "Must be at least {minLength} characters.": "至少 {minLength} 个字符。",
  "Field must be at least {minLength} characters.": "至少 {minLength} 个字符。",
  "{label} {message}": "{label}{message}",
  "{label} must match pattern {pattern}.": "“{label}”须符合格式 {pattern}。",
  "Must match pattern {pattern}.": "须符合格式 {pattern}。",
  Select: "选择",
  Change: "更换",
  Unlink: "解除模板",
  Remove: "移除",
  Applied: "已套用",
  "Not found": "未找到",
  "The template applied was not found. Therefore, its properties cannot be shown. Unlink to access the data.":
    "找不到已套用的模板，无法显示其属性。解除模板后可以直接编辑。",
  "Update available": "有更新",
  Incompatible: "不兼容",
  "A new version of the template is available: {templateVersion}": "模板有新版本：{templateVersion}",
  "A version of this template is available that supports your environment: {templateVersion}": "有适用的模板版本：{templateVersion}",
  Deprecated: "已停用",
  "This template is deprecated.": "该模板已停用。",
  "No compatible version of this template was found for your environment. Unlink to access the template’s data.":
    "没有适用的模板版本。解除模板后可以直接编辑。",
  Description: "说明",
  "Scientific notation is disallowed in FEEL.": "FEEL 不允许科学记数法。",
  "More actions": "更多操作",
  Edit: "编辑",
  Upgrade: "更新",
  Unset: "清除",
  "Custom properties": "模板的字段",
  Template: "模板",
  "Local variable assignment": "写入局部变量",
  "Parameter won't be created as local variable.": "该参数不会成为局部变量。",
  "<unnamed>": "〈未命名〉",
  "Process variable assignment": "写入流程变量",
  "Parameter won't be available in process scope.": "流程中读不到该参数。",
  "Process variable name must not be empty.": "变量名不能为空。",
  "Process variable name must not contain spaces.": "变量名不能有空格。",
  "Assign to process variable": "写入变量",
  Update: "更新",
  Create: "新建",
  "Cancel remaining instances": "取消其余实例",
  Completion: "完成",
  "Active elements collection": "激活元素的集合",
  "Implementation type": "实现方式",
  "Variable names": "变量名",
  "Variable events": "变量事件",
  "Camunda Form": "表单",
  "External form reference": "外部表单",
  "Camunda Form (linked)": "表单（链接）",
  "Camunda Form (embedded)": "表单（嵌入）",
  "Propagate all parent process variables": "传入全部变量",
  "If turned on, all variables from the parent process instance will be propagated to the child process instance.":
    "打开后，被调用的流程能读到全部变量。",
  "Job type": "动作名称",
  "{eventType}: {type}": "{eventType}：{type}",
  "Camunda user task": "用户任务",
  "Called decision": "调用的决策",
  "Task definition": "任务定义",
  "Input mapping": "输入映射",
  "Output mapping": "输出映射",
  Form: "表单",
  Headers: "参数",
  "Output propagation": "输出传递",
  "Input propagation": "输入传递",
  Assignment: "分派与期限",
  Assignee: "办理人",
  "Candidate groups": "承办单位",
  "Candidate users": "候选人",
  "Due date": "期限",
  "Follow up date": "跟进日期",
  "Active elements": "激活的元素",
  "Element variable": "元素变量",
  Values: "值",
  "Latest binding": "最新绑定",
  "Deployment binding": "部署绑定",
  "Version tag binding": "版本绑定",
  "Open documentation": "打开文档",
  "Toggle section": "展开或收起",
  "Section contains an error": "其中有错误",
  "Section contains edits": "其中已填写",
  "Toggle list item": "展开或收起该项",
  "Delete item": "删除该项",
  "Create new list item": "新建一项",
  "JSON contains errors": "JSON 有错误",
  "Open pop-up editor": "在大窗口中编辑",
  "Opened in editor": "已在大窗口中打开",
  "FEEL expression is mandatory": "必须是 FEEL 表达式",
  "Unparsable FEEL expression.": "FEEL 表达式无法解析。",
  "Event based instantiating Gateway": "事件触发的起始网关",
  "Parallel Event based instantiating Gateway": "并行事件触发的起始网关",
  "Ad-hoc sub-process": "自由子流程",
  "The due date as an EL expression (e.g. ${someDate}) or an ISO date (e.g. 2015-06-26T09:54:00)": "例如 =working_days(3)",
};

export const bpmnWords = { ...second, ...camunda, ...bpmn, ...panel, ...zeebe, ...KINDS, ...events(), ...own };
