"""Names of equipment and purchases, as people type them."""

import pytest

from matcher.catalogue import Named, fold, load_catalogue

CLASSES = Named(load_catalogue().equipment_classes)
CATEGORIES = Named(load_catalogue().service_categories)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("weighbridge", "weighbridge"),
        ("cold_store", "cold_store"),
        ("Pont-bascule", "weighbridge"),
        ("chariots élévateurs", "forklift"),
        ("GRUE", "crane"),
        ("Lifting platform", "lifting_platform"),
        ("nacelle", "lifting_platform"),
        ("entrepôt", "storage_area"),
        ("presse", None),  # five of them
        ("machine à rêver", None),
        ("", None),
    ],
)
def test_a_class_is_found_by_key_or_by_name_in_either_language(words, key):
    found = CLASSES.of(words)

    assert (None if found is None else found.key) == key


def test_the_nearest_names_help_and_nothing_alike_gives_none():
    assert CLASSES.nearest("chariot")[0].key == "forklift"
    assert CLASSES.nearest("xyzzy") == ()


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Collecte de cartons", "waste_collection"),
        ("gardiennage", "security"),
        ("formation CACES", "forklift_training"),
        ("navette", "shuttle"),
        ("formation", None),  # which one?
    ],
)
def test_the_words_of_the_questionnaire_are_understood(words, key):
    found = CATEGORIES.of(words)

    assert (None if found is None else found.key) == key


def test_no_word_stands_for_two_things():
    for table in (load_catalogue().equipment_classes, load_catalogue().service_categories):
        names: dict[str, str] = {}
        for row in table.values():
            for words in (row.key.replace("_", " "), row.label_fr, row.label_en, *row.also):
                assert names.setdefault(fold(words), row.key) == row.key, words
