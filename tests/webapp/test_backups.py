"""Copies beside whoever writes, and a base again from them: same rows, an unbroken log."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import select

from tests.webapp.bases import SERVER, address_of_base, drop_base, make_base
from tests.webapp.world import SECRET, World, config_for
from webapp.backups import BackupError, back_up, contents_of, expunge, restore
from webapp.cli import main
from webapp.db import make_engine, transaction
from webapp.models import Account, Firm, Round, Vault
from webapp.operations import journal
from webapp.operations.signing_in import actor_of


def write_until(world: World, is_over: threading.Event, written: list[int]) -> None:
    """Lines of the log, one transaction each, as fast as they go."""
    with transaction(world.engine, world.info) as session:
        actor = actor_of(session.scalar(select(Account).limit(1)))
    while not is_over.is_set():
        with transaction(world.engine, world.info) as session:
            journal.record(session, actor, "signed_in", actor.public_id, now=world.clock())
        written.append(1)


def test_copies_taken_while_two_people_write_are_whole_and_give_the_base_again(world, tmp_path):
    """Each copy holds what was acknowledged before it began, and what it holds is consistent."""
    is_over, written = threading.Event(), []
    start = contents_of(world.engine, world.vault).lines
    writers = [
        threading.Thread(target=write_until, args=(world, is_over, written)) for _ in range(2)
    ]
    for writer in writers:
        writer.start()
    try:
        for number in range(3):
            before = start + len(written)
            copied = back_up(
                address_of_base(tmp_path / "maillage.db"), tmp_path / f"{number}.copy", world.vault
            )
            after = start + len(written) + len(writers)
            assert before <= copied.lines <= after
            path = tmp_path / f"restored-{number}.db"
            address = make_base(path) if SERVER else f"sqlite:///{path}"
            assert restore(tmp_path / f"{number}.copy", address, world.vault) == copied
            drop_base(path)
    finally:
        is_over.set()
        for writer in writers:
            writer.join()
    assert len(written) > 10


def test_a_restored_base_serves_as_before(world, tmp_path):
    back_up(address_of_base(tmp_path / "maillage.db"), tmp_path / "copy", world.vault)
    path = tmp_path / "again.db"
    address = make_base(path) if SERVER else f"sqlite:///{path}"
    restore(tmp_path / "copy", address, world.vault)
    again = World(
        engine=make_engine(address), config=dataclasses.replace(world.config, database=address)
    )
    page = again.signed_in("agent@alisiers.example").get("/territoire/")
    assert page.status_code == 200 and "À appeler et à faire" in page.text
    again.engine.dispose()
    drop_base(path)


def test_no_copy_and_no_base_is_ever_written_over(world, tmp_path):
    address = address_of_base(tmp_path / "maillage.db")
    file = tmp_path / "copy"
    back_up(address, file, world.vault)
    with pytest.raises(BackupError, match="exists"):
        back_up(address, file, world.vault)
    with pytest.raises(BackupError, match="not-empty"):
        restore(file, address, world.vault)


def test_with_other_keys_a_copy_is_refused_and_nothing_is_left(world, tmp_path):
    back_up(address_of_base(tmp_path / "maillage.db"), tmp_path / "copy", world.vault)
    stranger = Vault((Fernet.generate_key().decode(),), SECRET)
    path = tmp_path / "again.db"
    address = make_base(path) if SERVER else f"sqlite:///{path}"
    with pytest.raises(BackupError, match="other-keys"):
        restore(tmp_path / "copy", address, stranger)
    assert SERVER or not path.exists()
    drop_base(path)


@pytest.mark.parametrize("content", [b"", b"not a base at all" * 500])
def test_a_file_that_is_no_copy_is_refused(world, tmp_path, content):
    file = tmp_path / "copy"
    file.write_bytes(content)
    with pytest.raises(BackupError, match=r"not-ours|tool-failed"):
        restore(file, make_base(tmp_path / "again.db"), world.vault)
    drop_base(tmp_path / "again.db")


@pytest.mark.skipif(bool(SERVER), reason="bytes of a file are flipped: SQLite's copy only")
def test_a_copy_with_damaged_pages_or_a_changed_log_is_refused(world, tmp_path):
    file = tmp_path / "copy"
    back_up(address_of_base(tmp_path / "maillage.db"), file, world.vault)
    whole = file.read_bytes()
    refused = 0
    for place in range(5000, len(whole), len(whole) // 20):
        file.write_bytes(whole[:place] + bytes(4096) + whole[place + 4096 :])
        try:
            restore(file, f"sqlite:///{tmp_path}/again-{place}.db", world.vault)
        except BackupError:
            refused += 1
            assert not (tmp_path / f"again-{place}.db").exists()
    assert refused >= 15  # a page that holds nothing may be lost unnoticed


def test_keys_are_wrapped_anew_and_the_old_master_key_may_go(world):
    new = Fernet.generate_key().decode()
    both = dataclasses.replace(world.config, master_keys=(new, *world.config.master_keys))
    done = CliRunner().invoke(main, ["rewrap"], env=both.as_environment())
    assert done.exit_code == 0, done.output
    with transaction(world.engine, {"vault": Vault((new,), SECRET)}) as session:
        assert all(
            session.info["vault"].rewrapped(firm.sealing_key)
            for firm in session.scalars(select(Firm))
        )


def test_an_installation_is_made_by_four_commands_and_its_agent_gets_a_code(tmp_path):
    """upgrade, territory, account, and the first person at the door."""
    path = tmp_path / "new.db"
    make_base(path)
    config = config_for(path)
    told = []
    for command in (
        ["upgrade"],
        ["territory", "Pays d’Essai", "--siren", "200000000"],
        ["territory", "Pays d’Essai"],
        ["account", "agent", "Une Personne", "agent@essai.example"],
        ["account", "agent", "Une Personne", "agent@essai.example"],
        ["account", "agent", "Une Personne", "essai"],
        ["verify"],
    ):
        done = CliRunner().invoke(main, command, env=config.as_environment())
        told.append((done.exit_code, done.output))
    assert [code for code, _ in told] == [0, 0, 1, 0, 1, 1, 0], told
    assert "existe" not in told[1][1] and "déjà" in told[2][1]
    world = World(engine=make_engine(config.database), config=config)
    assert world.signed_in("agent@essai.example").get("/territoire/").status_code == 200
    world.engine.dispose()
    drop_base(path)


@pytest.mark.slow
@pytest.mark.skipif(bool(SERVER), reason="a dump of PostgreSQL cannot be written anew")
def test_what_was_destroyed_since_is_taken_out_of_a_copy(world, tmp_path):
    """The wrapped key stands in the copy's bytes before, and nowhere in them afterwards."""
    file = tmp_path / "copy"
    back_up(address_of_base(tmp_path / "maillage.db"), file, world.vault)
    with transaction(world.engine, world.info) as session:
        firm = session.scalar(select(Firm).where(Firm.name == "Moulages Tessonnet"))
        key, firm.sealing_key = firm.sealing_key, None
        session.scalar(select(Round).where(Round.name == "Campagne de printemps")).state = "purged"
    assert key in file.read_bytes()

    assert expunge(file, world.config.database, world.vault) == (1, 1)

    assert key not in file.read_bytes()
    address = f"sqlite:///{tmp_path / 'again.db'}"
    found = restore(file, address, world.vault)
    before = contents_of(world.engine, world.vault)
    assert found.lines == before.lines
    assert found.rows["declaration"] < before.rows["declaration"]
    assert found.rows["reveal"] == before.rows["reveal"] and found.rows["party"] == 0
    assert expunge(file, world.config.database, world.vault) == (0, 0)


def test_a_file_that_is_no_copy_of_ours_is_left_as_it_is(world, tmp_path):
    file = tmp_path / "dump"
    file.write_bytes(b"PGDMP" + bytes(100))
    with pytest.raises(BackupError, match="copy-closed"):
        expunge(file, world.config.database, world.vault)
    assert file.read_bytes() == b"PGDMP" + bytes(100)
