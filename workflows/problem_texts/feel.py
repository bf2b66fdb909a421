"""What is wrong with an expression, in Chinese: the sentences of `workflows.feel` by pattern, with their place in the text."""

from __future__ import annotations

import re

_PLACED = re.compile(r"(?P<told>.*?)\.? \(at character (?P<at>\d+)\)\.?", re.DOTALL)

# English as it is raised, {gaps} where something is filled in -> Chinese. The first that fits counts.
SENTENCES = {
    "Found {seen}, {wish}": "此处是{seen}，{wish}",
    "Full-width ‘{mark}’ where an ASCII character is meant": "“{mark}”是全角字符，应为半角",
    "An expression is text": "表达式必须是文字",
    "An expression of {size} characters; {most} is the limit": "表达式有 {size} 个字符，最多 {most} 个",
    "A string contains half of a surrogate pair": "字符串中有不完整的字符",
    "There is no character {escape}": "没有字符 {escape}",
    "There is no function ‘{name}’": "没有函数“{name}”",
    "There is no variable ‘{name}’": "没有变量“{name}”",
    "The type ‘{name}’ is not covered": "不支持类型“{name}”",
    "Function types with a result other than Any are not covered": "函数类型的结果只能是 Any",
    "‘split’ takes a plain delimiter; regular expressions are not covered": "“split”只接受普通分隔符，不支持正则表达式",
    "‘split’ needs a delimiter that is not empty": "“split”的分隔符不能为空",
    "‘{name}’ is not covered: {reason}": "不支持“{name}”",
    "Nested too deeply": "嵌套太深",
    "Nested deeper than {most}": "嵌套超过 {most} 层",
    "More than {most} comparisons in a row": "连续比较超过 {most} 次",
    "More than {most} steps in one path": "一条路径超过 {most} 级",
    "No date, time or duration is written like this": "日期、时间或者时长的写法不对",
    "The key ‘{name}’ stands twice in one context": "同一上下文中键“{name}”重复",
    "The argument ‘{name}’ is given twice": "参数“{name}”给了两次",
    "The parameter ‘{name}’ stands twice": "形参“{name}”重复",
    "External functions are not covered": "不支持外部函数",
    "A number this large is not covered": "数字太大",
    "A number or date beyond what is covered": "数字或者日期超出范围",
    "A number beyond 10 to the power of 6144 is not covered": "数字超过 10 的 6144 次方",
    "The year {year} is not covered; years go from 1 to 9999": "年份 {year} 超出范围（1 至 9999）",
    "The result lies outside the years 1 to 9999": "结果超出 1 至 9999 年",
    "Write the ‘Z’ of UTC as a capital": "UTC 的“Z”要大写",
    "24:00:00 is not covered; write 00:00:00 of the next day": "请把 24:00:00 写成次日 00:00:00",
    "Fractions of a second finer than a microsecond are not covered": "秒的小数最多到微秒",
    "Offsets beyond 14 hours are not covered": "时区偏移不能超过 14 小时",
    "A duration this long is not covered": "时长太长",
    "A list tested against an equal list: write ‘? = …’ instead": "列表与列表比较请写“? = …”",
    "Iterating over a range value is not covered; write ‘in 1..10’": "不能对区间值循环，请写“in 1..10”",
    "Iterating over anything but whole numbers is not covered": "只能对整数循环",
    "An iteration over numbers this large": "循环的数字太大",
    "Values nested too deeply to be compared": "值嵌套太深，无法比较",
    "A list too deep or too large to be flattened": "列表太深或者太大，无法展平",
    "Times in different named zones cannot be compared without a date": "不同时区的时间没有日期就无法比较",
    "‘is’ between times in different zones needs a date": "用“is”比较不同时区的时间需要日期",
    "The time of a date is not covered": "日期没有时间部分",
    "‘date and time’ of a date needs a time as well": "“date and time”除日期外还需要时间",
    "‘{name}’ is not available here: the caller gave no clock": "“{name}”在此处不可用，没有时钟",
    "Range functions over one-sided ranges are not covered": "区间函数不支持只有一端的区间",
}
_GAPS = {
    "the end": "结尾",
    "a string that does not end on its line": "没有在本行结束的字符串",
    "expected an operator or the end": "应为运算符或者结尾",
    "expected a name": "应为名称",
    "expected a type": "应为类型",
    "expected the name of a member": "应为成员名称",
    "expected a value": "应为一个值",
    "expected a string after ‘@’": "“@”之后应为字符串",
    "expected the end of the range": "应为区间的结尾",
}
_PATTERNS = [
    (re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(english)), re.DOTALL), chinese)
    for english, chinese in SENTENCES.items()
]


def in_chinese(reason: str) -> str | None:
    """The sentence without its full stop, the place first; None for one that is not of an expression."""
    placed = _PLACED.fullmatch(reason)
    told = placed["told"] if placed else reason.removesuffix(".")
    for pattern, chinese in _PATTERNS:
        if found := pattern.fullmatch(told):
            said = chinese.format(**{gap: _gap(text) for gap, text in found.groupdict().items()})
            return f"第 {placed['at']} 个字符：{said}" if placed else said
    return None


def _gap(text: str) -> str:
    plain = _GAPS.get(text) or re.sub(r"^expected (‘.*’)$", r"应为\1", text)
    return plain.replace("‘", "“").replace("’", "”")
