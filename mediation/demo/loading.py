"""Fills an empty database with the demonstration centre, or empties it first."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import func, select, update

from mediation import clock, releases
from mediation.demo import duty, groups, neighbourhood, people
from mediation.demo.handed_in import bring_along
from mediation.demo.playing import Player
from mediation.demo.stories import STORIES, Story
from mediation.extensions import command, db
from mediation.models import Beat, Notice, Release, User

PASSWORD = "qinghe 2026 demo"
# Messages of the demonstration's past are not sent again: only those of the last days go to the outbox folder.
SENT_BEFORE = timedelta(days=2)
# The mark that loading came to its end; it stands among the beats.
LOADED = "demonstration loaded"


def load() -> bool:
    """Load the demonstration centre; False, and nothing done, when the database is not empty.

    What an earlier start began and did not finish is begun again.
    """
    if _was_interrupted():
        _delete_everything()
    elif db.session.scalar(select(func.count()).select_from(User)):
        db.session.rollback()
        return False
    db.session.rollback()
    now = clock.now()
    with clock.at(now - timedelta(days=200)), command():
        releases.publish(releases.shipped_bundle(), note="首次发布", by=None)
        users = people.settle(PASSWORD)
        groups.furnish()
    for number, story in enumerate(sorted(STORIES, key=lambda one: -one.days_ago)):
        Player(story, users, now, _begin(story, number, now)).play()
    bring_along(now)
    neighbourhood.search(now)
    duty.plan()
    _settle_old_notices(now)
    with command():
        db.session.add(Beat(name=LOADED, at=clock.now()))
    return True


def _was_interrupted() -> bool:
    """Nobody but the people of the demonstration is there, and the mark of the end is missing."""
    own = db.session.scalar(select(func.count()).select_from(User).where(User.demo))
    others = db.session.scalar(select(func.count()).select_from(User).where(~User.demo))
    interrupted = bool(own) and not others and db.session.get(Beat, LOADED) is None
    db.session.rollback()
    return interrupted


def _begin(story: Story, number: int, now: datetime) -> datetime:
    """The morning, some days ago, on which the case came to the window."""
    day = clock.local(now).date() - timedelta(days=story.days_ago)
    while day.weekday() > 4 and story.days_ago > 2:
        day -= timedelta(days=1)
    morning = datetime.combine(day, time(9, 0), clock.SHANGHAI) + timedelta(minutes=7 * (number % 20))
    return min(morning, now - timedelta(minutes=30))


def _settle_old_notices(now: datetime) -> None:
    with command():
        old = update(Notice).where(Notice.status == "queued", Notice.created_at < now - SENT_BEFORE)
        db.session.execute(
            old.where(Notice.channel.in_(("mail", "sms"))).values(status="sent", sent_at=Notice.created_at)
        )
        read = update(Notice).where(Notice.channel == "inbox", Notice.created_at < now - SENT_BEFORE)
        db.session.execute(read.values(read_at=Notice.created_at))


def replace() -> None:
    """Delete everything and load the demonstration centre again."""
    _delete_everything()
    load()


def _delete_everything() -> None:
    with command():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())


def publish_shipped() -> None:
    """Publish what the program ships with when nothing is published yet; a release in force stays in force."""
    if db.session.scalar(select(Release.hash).where(Release.current)) is None:
        with command():
            releases.publish(releases.shipped_bundle(), note="随程序发布", by=None)
    db.session.rollback()
