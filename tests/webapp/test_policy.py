"""Default deny, in as many words."""

from __future__ import annotations

import pytest

from webapp.policy import (
    FIRM_ROLES,
    PERMISSIONS,
    Action,
    Actor,
    FieldClass,
    RefusedError,
    Role,
    ensure,
    is_allowed,
)


def actor(role: Role) -> Actor:
    return Actor(account_id=1, public_id="a", role=role, territory_id=1)


def test_every_role_has_its_row():
    assert set(PERMISSIONS) == set(Role)


def test_every_action_is_somebodys():
    assert {action for row in PERMISSIONS.values() for action in row} == set(Action)


def test_what_is_not_in_the_table_is_refused():
    with pytest.raises(RefusedError):
        ensure(actor(Role.CONTRIBUTOR), Action.DECIDE)
    with pytest.raises(RefusedError):
        ensure(actor(Role.MANAGER), Action.READ_LEADS, FieldClass.TRUSTED)
    ensure(actor(Role.MANAGER), Action.DECIDE)


@pytest.mark.parametrize("role", [Role.DPO, Role.OBSERVER, Role.FUNDER, Role.ADMINISTRATOR])
def test_whoever_needs_no_flow_sees_none(role):
    assert not [
        action
        for action in Action
        if action is not Action.SEE_OWN_ACCOUNT and is_allowed(role, action, FieldClass.TRUSTED)
    ]


def test_no_firm_may_touch_a_rounds_review():
    for role in FIRM_ROLES:
        for action in (
            Action.REVIEW_LEADS,
            Action.READ_ANSWERS,
            Action.RUN_ROUND,
            Action.CALL_FIRMS,
        ):
            assert not any(is_allowed(role, action, field_class) for field_class in FieldClass)
