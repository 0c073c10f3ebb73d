"""Work behind the pages: once each, whatever fails, whoever is killed."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import func, select

from matcher.errors import NoPlanError
from tests.webapp.world import World
from webapp.db import transaction
from webapp.jobs import Workshop, nights
from webapp.lifecycle import RoundState
from webapp.mapping import after
from webapp.models import Account, AuditLine, BackgroundJob, Round
from webapp.operations import background
from webapp.operations.background import Kind
from webapp.operations.signing_in import actor_of
from webapp.operations.territory import rounds
from webapp.operations.territory import searching as asked
from webapp.policy import Role

ROUND = "Campagne d’automne"


def workshop(world: World) -> Workshop:
    return Workshop(
        engine=world.engine,
        info=world.info,
        config=world.config,
        transport=world.letters,
        clock=world.clock,
    )


def asked_to_match(world: World) -> str:
    """The autumn round, closed, with a matching asked for by the agent."""
    with transaction(world.engine, world.info) as session:
        agent = actor_of(session.scalar(select(Account).where(Account.role == Role.AGENT)))
        round_id = session.scalar(select(Round.public_id).where(Round.name == ROUND))
        rounds.close_round(session, agent, round_id, now=world.clock())
        asked.start_search(
            session, agent, round_id, {}, as_of=datetime.date(2027, 1, 11), now=world.clock()
        )
    return round_id


def the_job(world: World) -> BackgroundJob:
    session = world.rows()
    job = session.scalar(select(BackgroundJob).order_by(BackgroundJob.id.desc()).limit(1))
    session.close()
    return job


def state_of(world: World) -> str:
    return world.round(ROUND).state


def test_a_matching_is_stored_once_though_two_workers_had_it(world, monkeypatch):
    """The first is thought dead while it solves: its lease ends, a second worker stores; then the
    first wakes up and must store nothing."""
    asked_to_match(world)
    solve, others = after.match, []

    def slow(survey, settings):
        if not others:
            others.append("second")
            world.clock.forward(minutes=3)
            assert workshop(world).do_jobs() == 1
            assert state_of(world) == RoundState.REVIEW
        return solve(survey, settings)

    monkeypatch.setattr(after, "match", slow)
    workshop(world).do_jobs()

    session = world.rows()
    stored = select(func.count()).select_from(AuditLine).where(AuditLine.action == "run_stored")
    assert session.scalar(stored) == 2  # the spring round's, and one of this round
    session.close()
    assert the_job(world).stage == "done"


def test_a_matching_that_fails_in_an_unforeseen_way_is_tried_thrice_then_the_round_is_closed(
    world, monkeypatch
):
    asked_to_match(world)
    tries = []

    def broken(_survey, _settings):
        tries.append(world.clock())
        raise ZeroDivisionError

    monkeypatch.setattr(after, "match", broken)
    for _ in range(6):
        workshop(world).do_jobs()
        assert workshop(world).do_jobs() == 0  # not each second
        world.clock.forward(minutes=2)

    job = the_job(world)
    assert len(tries) == 3
    assert (job.stage, job.failure) == ("given_up", "ZeroDivisionError")
    assert state_of(world) == RoundState.CLOSED


def test_a_matching_without_a_plan_is_not_tried_again(world, monkeypatch):
    asked_to_match(world)

    def hopeless(_survey, _settings):
        raise NoPlanError("time", "limit")

    monkeypatch.setattr(after, "match", hopeless)
    assert workshop(world).do_jobs() == 1
    assert the_job(world).failure == "NoPlanError"
    assert state_of(world) == RoundState.CLOSED


def test_a_worker_that_is_killed_each_time_gives_the_round_back_in_the_end(world):
    """Killed: it leased the row, and was never heard of again."""
    asked_to_match(world)
    for _ in range(3):
        with transaction(world.engine, world.info) as session:
            assert background.claim(session, world.clock()) is not None
            assert background.claim(session, world.clock()) is None
        world.clock.forward(minutes=2, seconds=1)

    assert workshop(world).do_jobs() == 1
    assert the_job(world).failure == "worker-killed"
    assert state_of(world) == RoundState.CLOSED


def test_the_same_work_is_asked_for_once(world):
    with transaction(world.engine, world.info) as session:
        for expected in (True, False):
            assert expected is background.ask_for(
                session, Kind.NIGHT, "x", key="night:x", now=world.clock()
            )


def test_the_night_is_done_once_a_date_from_three_in_the_morning_in_paris(world):
    """11 January, 10:00 in Paris; the clocks of summer change nothing: 3:00 is 1:00 UTC in July."""
    ask = lambda: nights.ask_for_tonight(world.engine, world.info, world.clock())  # noqa: E731
    assert [ask(), ask()] == [False, False]  # the demonstration's own worker had it already
    for hour, minute, expected in ((0, 59, False), (1, 1, True), (1, 30, False)):
        world.clock.now = datetime.datetime(2027, 7, 2, hour, minute, tzinfo=datetime.UTC)
        assert ask() is expected


def test_a_page_that_leaves_work_wakes_the_worker_after_it_is_kept(world):
    """Also for an address that nobody has: a difference would tell."""
    from webapp.app import create_app

    heard = []
    app = create_app(
        world.config, engine=world.engine, vault=world.vault, clock=world.clock,
        wake=lambda: heard.append(len(world.post_mails())),
    )  # fmt: skip
    visitor = world.visitor()
    visitor.client = app.test_client()
    world.post_mails()
    visitor.get("/connexion")
    assert heard == []
    visitor.post("/connexion", address="contact@f10.example")
    visitor.post("/connexion", address="nobody@nowhere.example")
    assert heard == [1, 0]


@pytest.mark.parametrize("hours", [0, 24 * 31])
def test_ended_work_is_forgotten_after_a_month(world, hours):
    world.clock.forward(hours=hours)
    nights.night(world.engine, world.info, world.clock)
    session = world.rows()
    assert (session.scalar(select(func.count()).select_from(BackgroundJob)) == 0) is (hours > 0)
    session.close()
