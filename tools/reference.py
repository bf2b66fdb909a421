"""Writes the tables of the guides from what the program really knows: ``python -m tools.reference``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from documents.bundle import Layouts
from mediation.config import ROOT, SETTINGS, Setting
from workflows.feel import BUILTIN_NAMES, console
from workflows.lint import Code, codes
from workflows.problem_texts import BINDINGS, DATA, DECISIONS, DRAWING, ELEMENTS, FILES

NOW = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
FEEL_EXAMPLES = Path(__file__).with_name("feel_examples.txt")
RESULTS = ROOT / "bench" / "results.json"

LINT_GROUPS = (
    (FILES, "Files", "文件"),
    (DRAWING, "The drawing: ways, gateways, ends", "图：路径、网关、结束"),
    (ELEMENTS, "Elements and events", "元素和事件"),
    (BINDINGS, "Names: roles, forms, effects, processes", "名称：角色、表单、动作、流程"),
    (DATA, "Expressions and variables", "表达式和变量"),
    (DECISIONS, "Decisions", "决策"),
)
SETTINGS_IN_CHINESE = {
    "MODE": "demo（演示）或 production（生产）；生产模式拒绝默认密钥、调试模式和没有说明的 TLS",
    "DATABASE": "SQLAlchemy 数据库地址；PostgreSQL 写作 postgresql+psycopg://用户@主机/库名",
    "SECRET_KEY": "会话签名；生产模式至少 32 个字符",
    "DATA_KEY": "加密身份证件号码；可用逗号写多个：第一个用于加密，全部可解密",
    "HOST": "监听地址",
    "PORT": "监听端口",
    "PUBLIC_URL": "当事人访问中心的地址，用于链接和二维码；生产模式必须是 https",
    "BEHIND_PROXY": "前面有几层设置 X-Forwarded-* 的反向代理",
    "TLS": "生产模式：TLS 在前面的代理终止时写 proxy",
    "SMTP": "邮件服务器，主机:端口；为空时邮件写入文件夹，页面上可看",
    "SMTP_USER": "邮件服务器账户",
    "SMTP_PASSWORD": "邮件服务器密码",
    "MAIL_FROM": "发件人地址",
    "OUTBOX": "不发送的邮件和短信所在的文件夹",
    "SESSION_HOURS": "会话最长小时数",
    "IDLE_MINUTES": "多少分钟没有操作后会话结束",
    "UPLOAD_MB": "附件最大兆字节数",
    "RENDER_PROCESSES": "制作 PDF 的进程数",
    "SEAL_LETTERS": "yes：通知、函件印制后自动加盖电子印章",
    "SEAL_PASSPHRASE": "`mediation seal import` 读取的 PKCS#12 文件的口令",
    "PKCS11_MODULE": "保存印章密钥的密码设备的函数库路径",
    "PKCS11_TOKEN": "该密码设备的标签",
    "PKCS11_PIN": "该密码设备的口令",
    "LOG_LEVEL": "日志详细程度；日志从不含个人信息",
}
FIGURES = {
    "complete_ratio_sqlite": ("completing a task, SQLite, ratio to the floor", "完成任务，SQLite，与底线之比"),
    "complete_ratio_postgresql": ("the same, PostgreSQL", "同上，PostgreSQL"),
    "complete_statements": ("SQL statements a completion", "每次完成的 SQL 语句数"),
    "complete_commits": ("commits a completion", "每次完成的提交数"),
    "http_complete_ms": ("the same over HTTP, p50, ms", "经 HTTP 完成，p50，毫秒"),
    "aged_case_ratio": ("after 200 rounds of a loop, ratio to the first", "循环 200 次后与第一次之比"),
    "inbox_p95_ms_sqlite": ("my work among 100,000 tasks, SQLite, p95, ms", "十万任务中的我的工作，SQLite，p95，毫秒"),
    "inbox_p95_ms_postgresql": ("the same, PostgreSQL, p95, ms", "同上，PostgreSQL，p95，毫秒"),
    "inbox_statements": ("SQL statements for my work", "“我的工作”的 SQL 语句数"),
    "agreement_warm_ms": ("two-page agreement, warm worker, p50, ms", "两页协议书，进程已热，p50，毫秒"),
    "papers_per_second": ("the same, papers a second on two cores", "同上，两核每秒份数"),
    "worker_growth": ("memory of a render worker, after 1,000 papers to warm", "制作进程的内存，一千份之后与热时之比"),
    "libreoffice_ms": ("beside it: the same agreement, LibreOffice headless, ms", "对照：同一协议书，LibreOffice 无界面，毫秒"),
    "typst_ms": ("beside it: the same words, typst, warm, ms", "对照：同样的文字，typst，已热，毫秒"),
    "dossier_ms": ("dossier of 15 papers and 30 pages, sealed, ms", "15件30页的卷宗，装订盖章，毫秒"),
    "sealing_ms": ("one seal on a paper, ms", "一份文书盖章，毫秒"),
    "server_rss_mb": ("peak memory of the server, MB", "服务进程内存峰值，MB"),
}


def settings_table(language: str) -> str:
    """Every setting: name in the environment, default, meaning."""
    head = "| Variable | Default | Meaning |" if language == "en" else "| 变量 | 默认值 | 含义 |"
    rows = (
        f"| `MEDIATION_{one.name}` | {_default(one)} | "
        f"{one.meaning if language == 'en' else SETTINGS_IN_CHINESE[one.name]} |"
        for one in SETTINGS
    )
    return "\n".join([head, "|---|---|---|", *rows])


def _default(setting: Setting) -> str:
    """The default as it is written, with paths as seen from the program's folder; secrets have none worth showing."""
    text = str(setting.default).replace(f"{ROOT}/", "")
    return f"`{text}`" if text else "—"


def lint_tables(language: str) -> str:
    """Every code of lint, group by group."""
    known = {code.code: code for code in codes()}
    head = "| Code | | What it says, and what to draw |" if language == "en" else "| 代码 | | 含义和画法 |"
    parts = []
    for texts, english, chinese in LINT_GROUPS:
        rows = [_lint_row(known[code], language) for code in sorted(texts)]
        parts.append("\n".join([f"## {english if language == 'en' else chinese}", "", head, "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _lint_row(code: Code, language: str) -> str:
    severity = {"en": code.severity, "zh": {"error": "错误", "warning": "警告"}[code.severity]}[language]
    sentence = (code.english if language == "en" else code.chinese).replace("|", "\\|").replace("\n", " ")
    return f"| `{code.code}` | {severity} | {sentence} |"


def feel_tables(language: str) -> str:
    """Expressions and what they give, worked out now."""
    head = "| Expression | Gives |" if language == "en" else "| 表达式 | 结果 |"
    parts = []
    for english, chinese, expressions in feel_examples():
        rows = [f"| `{_cell(one)}` | `{_cell(feel_result(one))}` |" for one in expressions]
        parts.append("\n".join([f"### {english if language == 'en' else chinese}", "", head, "|---|---|", *rows]))
    return "\n\n".join(parts)


def feel_examples() -> list[tuple[str, str, list[str]]]:
    """The examples of the file: heading in both languages, expressions."""
    groups: list[tuple[str, str, list[str]]] = []
    for line in FEEL_EXAMPLES.read_text("utf-8").splitlines():
        if line.startswith("# "):
            english, _, chinese = line[2:].partition(" | ")
            groups.append((english, chinese, []))
        elif line.strip():
            groups[-1][2].append(line)
    return groups


def feel_result(expression: str) -> str:
    """What the expression gives, as the command line prints it."""
    return console.render(console.answer({"expression": expression}, now=NOW)["value"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def unshown_functions() -> set[str]:
    """Built-in functions without an example."""
    shown = "\n".join(one for _, _, group in feel_examples() for one in group)
    return {name for name in BUILTIN_NAMES if not re.search(rf"(?<![\w ]){re.escape(name)}\(", shown)}


def figures_table(language: str) -> str:
    """The figures of the last `make bench`; a sentence while there are none."""
    if not RESULTS.exists():
        return {"en": "`make bench` measures them and writes `bench/results.json`; this machine has not done so yet.",
                "zh": "`make bench` 会测量并写入 `bench/results.json`；这里还没有运行过。"}[language]  # fmt: skip
    content = json.loads(RESULTS.read_text("utf-8"))
    head = "| Figure | Measured | Target |" if language == "en" else "| 指标 | 实测 | 目标 |"
    rows = (
        f"| {words[0 if language == 'en' else 1]} (`{name}`) | {_figure(content['figures'].get(name))} | "
        f"{content['targets'].get(name, '')} |"
        for name, words in FIGURES.items()
    )
    return "\n".join([head, "|---|---|---|", *rows])


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def papers_table(language: str) -> str:
    """Every kind of paper by its key, with its name."""
    head = "| Kind | Paper |" if language == "en" else "| 种类 | 文书 |"
    rows = (f"| `{key}` | {kind.name[language]} |" for key, kind in sorted(Layouts.shipped().kinds.items()))
    return "\n".join([head, "|---|---|", *rows])


# File -> the blocks in it: marker, and what stands between its two ends.
BLOCKS: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"figures": lambda: figures_table("en")},
    "README.zh-CN.md": {"figures": lambda: figures_table("zh")},
    "docs/en/operators.md": {"settings": lambda: settings_table("en")},
    "docs/zh/operators.md": {"settings": lambda: settings_table("zh")},
    "docs/en/lint-codes.md": {"codes": lambda: lint_tables("en")},
    "docs/zh/lint-codes.md": {"codes": lambda: lint_tables("zh")},
    "docs/en/flows.md": {"papers": lambda: papers_table("en")},
    "docs/zh/flows.md": {"papers": lambda: papers_table("zh")},
    "docs/en/feel.md": {"examples": lambda: feel_tables("en")},
    "docs/zh/feel.md": {"examples": lambda: feel_tables("zh")},
}


def renewed(path: str) -> str:
    """The file with all its blocks made anew. Raises ValueError when a marker is missing."""
    text = (ROOT / path).read_text("utf-8")
    for marker, make in BLOCKS[path].items():
        begin, end = f"<!-- {marker} -->\n", f"<!-- /{marker} -->"
        if begin not in text or end not in text:
            raise ValueError(f"{path} has no block {marker}")
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}{make()}\n{end}{rest.partition(end)[2]}"
    return text


def stale() -> Iterator[str]:
    """The files whose tables no longer say what the program knows."""
    return (path for path in BLOCKS if renewed(path) != (ROOT / path).read_text("utf-8"))


def main() -> None:
    for path in list(stale()):
        (ROOT / path).write_text(renewed(path), encoding="utf-8")
        print(f"{path} is up to date again.")


if __name__ == "__main__":
    main()
