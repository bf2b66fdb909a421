"""Searches through the grids (排查): what is searched, where, what each grid found, and the cases that came of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from mediation.extensions import db
from mediation.models.cases import Case
from mediation.models.people import Agency, User
from mediation.models.types import Id, Moment


class GridSearch(db.Model):
    """One search, opened by a centre for some of its grids, from a day to a day."""

    __tablename__ = "grid_search"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(Text)  # what is searched for, and how
    from_on: Mapped[date]
    until_on: Mapped[date]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    agency: Mapped[Agency] = relationship()
    opened_by: Mapped[User] = relationship()
    areas: Mapped[list[SearchArea]] = relationship(back_populates="search", order_by="SearchArea.id")
    __table_args__ = (Index("ix_grid_search_agency", "agency_id", "until_on", "id"),)


class SearchArea(db.Model):
    """A grid (the agency whose grid workers go round it) that takes part in a search."""

    __tablename__ = "search_area"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("grid_search.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), index=True)
    search: Mapped[GridSearch] = relationship(back_populates="areas")
    agency: Mapped[Agency] = relationship()
    __table_args__ = (UniqueConstraint("search_id", "agency_id"),)


class SearchResult(db.Model):
    """What a grid worker reports of a search: how many were found, or nothing. `token` names the page it was sent from."""

    __tablename__ = "search_result"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("search_area.id"), index=True)
    token: Mapped[str] = mapped_column(String(20), unique=True)
    found: Mapped[int]
    places: Mapped[int]  # how many households, shops or sites were looked at
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    area: Mapped[SearchArea] = relationship()
    by: Mapped[User] = relationship()


class SearchFinding(db.Model):
    """A finding: the case that it became."""

    __tablename__ = "search_finding"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("search_result.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), unique=True)
    result: Mapped[SearchResult] = relationship()
    case: Mapped[Case] = relationship()
