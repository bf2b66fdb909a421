"""Every setting in one place: its name in the environment, what it means, its default, and what production refuses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DEMO_SECRET = "a-secret-for-demonstration-only"


@dataclass(frozen=True)
class Setting:
    """One setting. `kind` turns the environment's text into a value."""

    name: str
    default: Any
    meaning: str
    kind: str = "text"  # text, number, switch, path


SETTINGS = (
    Setting("MODE", "demo", "demo or production; production refuses default secrets, debug and missing TLS assumptions"),
    Setting("DATABASE", f"sqlite:///{ROOT / 'var' / 'mediation.sqlite'}", "SQLAlchemy address; PostgreSQL: postgresql+psycopg://user@host/name"),
    Setting("SECRET_KEY", DEMO_SECRET, "signs sessions; at least 32 characters in production"),
    Setting("DATA_KEY", DEMO_SECRET, "encrypts identity numbers; several separated by commas: the first encrypts, all decrypt"),
    Setting("HOST", "127.0.0.1", "address to listen on"),
    Setting("PORT", 8000, "port to listen on", "number"),
    Setting("PUBLIC_URL", "", "address under which residents reach the centre, for links and QR codes; https in production"),
    Setting("BEHIND_PROXY", 0, "how many reverse proxies stand in front and set X-Forwarded-*", "number"),
    Setting("TLS", "", "production: 'proxy' when TLS ends in front of us"),
    Setting("SMTP", "", "mail server as host:port; empty: mails are written to a folder that a page shows"),
    Setting("SMTP_USER", "", "account at the mail server"),
    Setting("SMTP_PASSWORD", "", "its password"),
    Setting("MAIL_FROM", "centre@mediation.example", "sender of mails"),
    Setting("OUTBOX", str(ROOT / "var" / "outbox"), "folder for mails and text messages that are not sent", "path"),
    Setting("SESSION_HOURS", 10, "a session ends after so many hours", "number"),
    Setting("IDLE_MINUTES", 45, "a session ends after so many minutes without a request", "number"),
    Setting("UPLOAD_MB", 25, "largest attachment", "number"),
    Setting("RENDER_PROCESSES", 1, "processes that make PDFs", "number"),
    Setting("SEAL_LETTERS", False, "yes: letters and notices are sealed as soon as they are printed", "switch"),
    Setting("SEAL_PASSPHRASE", "", "opens the PKCS#12 files that `mediation seal import` reads"),
    Setting("PKCS11_MODULE", "", "library of the token that keeps the seals' keys, a path"),
    Setting("PKCS11_TOKEN", "", "label of that token"),
    Setting("PKCS11_PIN", "", "its PIN"),
    Setting("LOG_LEVEL", "INFO", "how much is logged; personal data never is"),
)  # fmt: skip


class ConfigurationRefused(Exception):
    """The program does not start like this; one sentence for each reason."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def read(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """All settings, from `MEDIATION_<NAME>` (HOST and PORT also without the prefix), else their defaults."""
    return {setting.name: _value(setting, environment) for setting in SETTINGS}


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    text = environment.get(f"MEDIATION_{setting.name}")
    if text is None and setting.name in ("HOST", "PORT"):
        text = environment.get(setting.name)
    if text is None or text == "":
        return setting.default
    if setting.kind == "switch":
        return text.strip().lower() in ("yes", "on", "true", "1")
    return int(text) if setting.kind == "number" else text


def refusals(settings: Mapping[str, Any], *, debug: bool = False) -> list[str]:
    """Why production mode would not start with these settings; empty in demo mode."""
    if settings["MODE"] != "production":
        return (
            [] if settings["MODE"] == "demo" else [f"MEDIATION_MODE is {settings['MODE']!r}; it is demo or production"]
        )
    reasons = [
        f"MEDIATION_{name} must be set to a secret of its own, 32 characters or more"
        for name in ("SECRET_KEY", "DATA_KEY")
        if any(key.strip() == DEMO_SECRET or len(key.strip()) < 32 for key in settings[name].split(","))
    ]
    if settings["TLS"] != "proxy":
        reasons.append("MEDIATION_TLS must say 'proxy': TLS ends in a reverse proxy in front of this program")
    if not settings["PUBLIC_URL"].startswith("https://"):
        reasons.append("MEDIATION_PUBLIC_URL must be the https address that residents use")
    if debug:
        reasons.append("debug must be off")
    return reasons


def flask_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The same settings as Flask and its extensions want to read them."""
    production = settings["MODE"] == "production"
    engine: dict[str, Any] = {"pool_pre_ping": True}
    if settings["DATABASE"].startswith("sqlite"):
        engine = {"connect_args": {"timeout": 15}}
    return {
        **settings,
        "SQLALCHEMY_DATABASE_URI": settings["DATABASE"],
        "SQLALCHEMY_ENGINE_OPTIONS": engine,
        "MAX_CONTENT_LENGTH": settings["UPLOAD_MB"] * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_NAME": "mediation",
        "PERMANENT_SESSION_LIFETIME": settings["SESSION_HOURS"] * 3600,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "LANGUAGES": {"zh": "zh_CN", "en": "en"},
    }
