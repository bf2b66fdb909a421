"""What the page of the house calls what the doctor looked at, and what each setting is for."""

from __future__ import annotations

from flask_babel import gettext as _


def finding_names() -> dict[str, str]:
    """The doctor's findings by name."""
    return {
        "libraries and fonts": _("libraries and fonts"),
        "database": _("database"),
        "migrations": _("migrations"),
        "secrets": _("secrets"),
        "clock": _("clock"),
        "holidays": _("holidays"),
        "seals": _("seals"),
        "disk": _("disk"),
    }


def setting_meanings() -> dict[str, str]:
    """What each setting is for."""
    return {
        "MODE": _("demo or production; production refuses default secrets, debug and missing TLS"),
        "DATABASE": _("address of the database"),
        "SECRET_KEY": _("signs sessions; at least 32 characters in production"),
        "DATA_KEY": _("encrypts identity numbers; several separated by commas: the first encrypts, all decrypt"),
        "HOST": _("address to listen on"),
        "PORT": _("port to listen on"),
        "PUBLIC_URL": _("address under which residents reach the centre, for links and QR codes; https in production"),
        "BEHIND_PROXY": _("how many reverse proxies stand in front"),
        "TLS": _("production: 'proxy' when TLS ends in front of us"),
        "SMTP": _("mail server as host:port; empty: mails are written to a folder that a page shows"),
        "SMTP_USER": _("account at the mail server"),
        "SMTP_PASSWORD": _("its password"),
        "MAIL_FROM": _("sender of mails"),
        "OUTBOX": _("folder for mails and text messages that are not sent"),
        "SESSION_HOURS": _("a session ends after so many hours"),
        "IDLE_MINUTES": _("a session ends after so many minutes without a request"),
        "UPLOAD_MB": _("largest attachment, in MB"),
        "RENDER_PROCESSES": _("processes that make PDFs"),
        "SEAL_LETTERS": _("yes: letters and notices are sealed as soon as they are printed"),
        "SEAL_PASSPHRASE": _("opens the PKCS#12 files that `mediation seal import` reads"),
        "PKCS11_MODULE": _("library of the token that keeps the seals' keys, a path"),
        "PKCS11_TOKEN": _("label of that token"),
        "PKCS11_PIN": _("its PIN"),
        "LOG_LEVEL": _("how much is logged; personal data never is"),
    }
