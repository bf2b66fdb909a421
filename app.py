"""Builds the application for gunicorn, the command line and the tests; composes, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from mediation import access, assets, catalogue, config, frame, health, logs, requests, words
from mediation.extensions import db, to_json

SLICES = (
    "accounts", "cases", "duty", "tasks", "meetings", "groups", "agreements", "papers", "notices", "referrals", "risk", "grid",
    "supervision", "signing", "delivery", "dossiers",
)  # fmt: skip
FACES = ("portal", "admin", "oversight")


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The whole application. `settings` override the environment; raises ConfigurationRefused when they are unsafe."""
    values = {**config.read(), **(settings or {})}
    app = Flask("mediation", root_path=str(config.ROOT / "mediation"), template_folder=str(config.ROOT / "templates"))
    reasons = config.refusals(values, debug=app.debug)
    if reasons:
        raise config.ConfigurationRefused(reasons)
    app.config.from_mapping(config.flask_settings(values))
    app.config["SQLALCHEMY_ENGINE_OPTIONS"].setdefault("json_serializer", to_json)
    if values["BEHIND_PROXY"]:
        hops = values["BEHIND_PROXY"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    logs.init_app(app)
    catalogue.ensure_compiled()
    db.init_app(app)
    CSRFProtect(app)
    requests.init_app(app)
    access.guard_routes(app)
    assets.init_app(app)
    words.init_app(app)
    frame.init_app(app)
    app.register_blueprint(health.bp)
    for name in (*SLICES, *FACES):
        app.register_blueprint(import_module(f"mediation.{name}.views").bp)
    return app
