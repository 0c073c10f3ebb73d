"""Names of equipment and purchases, as people type them."""

import pytest

from matcher.catalogue import Named, load_catalogue

CLASSES = Named(load_catalogue().equipment_classes)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("weighbridge", "weighbridge"),
        ("cold_store", "cold_store"),
        ("Pont-bascule", "weighbridge"),
        ("chariots élévateurs", "forklift"),
        ("GRUE", "crane"),
        ("Lifting platform", "lifting_platform"),
        ("machine à rêver", None),
    ],
)
def test_a_class_is_found_by_key_or_by_name_in_either_language(words, key):
    found = CLASSES.of(words)

    assert (None if found is None else found.key) == key


def test_the_nearest_names_help_and_nothing_alike_gives_none():
    assert CLASSES.nearest("chariot")[0].key == "forklift"
    assert CLASSES.nearest("xyzzy") == ()
