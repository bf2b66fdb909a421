"""The floor: the least that any engine on SpiffWorkflow must do to complete a task and keep it, through the plain DBAPI."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import psycopg
from lxml import etree
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from bench import models

TABLE = "CREATE TABLE floor_state (id INTEGER PRIMARY KEY, state TEXT NOT NULL)"


class Floor:
    """One row of state in a table of its own; `complete()` takes it one user task on and returns the seconds."""

    def __init__(self, connect: Callable[[], Any], mark: str) -> None:
        self.connection = connect()
        self.mark = mark
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        parser = SpiffBpmnParser()
        parser.add_bpmn_xml(etree.fromstring(models.straight().encode()), filename="straight.bpmn")
        self.spec, self.others = parser.get_spec("straight"), parser.get_subprocess_specs("straight")
        cursor = self.connection.cursor()
        cursor.execute("DROP TABLE IF EXISTS floor_state")
        cursor.execute(TABLE)
        self.connection.commit()
        self.row = 0

    def begin(self) -> None:
        """A new case at its first user task."""
        workflow = BpmnWorkflow(self.spec, self.others)
        workflow.do_engine_steps()
        self.row += 1
        cursor = self.connection.cursor()
        cursor.execute(
            f"INSERT INTO floor_state VALUES ({self.mark}, {self.mark})",
            (self.row, self.serializer.serialize_json(workflow)),
        )
        self.connection.commit()

    def complete(self) -> float:
        """SELECT, deserialize, complete one, engine steps, serialize, UPDATE, commit."""
        begun = time.perf_counter()
        cursor = self.connection.cursor()
        cursor.execute(f"SELECT state FROM floor_state WHERE id = {self.mark}", (self.row,))
        workflow = self.serializer.deserialize_json(cursor.fetchone()[0])
        workflow.get_tasks(state=TaskState.READY, manual=True)[0].run()
        workflow.do_engine_steps()
        state = self.serializer.serialize_json(workflow)
        cursor.execute(f"UPDATE floor_state SET state = {self.mark} WHERE id = {self.mark}", (state, self.row))
        self.connection.commit()
        return time.perf_counter() - begun

    def close(self) -> None:
        self.connection.close()


def on_sqlite(path: str) -> Floor:
    """In the same file and with the same settings as the product."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=15)
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    return Floor(connect, "?")


def on_postgresql(url: str) -> Floor:
    """In the same database as the product, through psycopg alone."""
    return Floor(lambda: psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://")), "%s")
