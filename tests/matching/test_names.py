"""Names of the same and of others, across scripts."""

import pytest

from kgapi.matching.countries import called
from kgapi.matching.names import compare
from kgapi.matching.score import MATCH
from kgapi.matching.spelling import keys, latin, sound, spelling

SAME = [
    ("Sergey LAVROV", "Sergei Lavrov", "Person"),
    ("Lavrov, Sergei", "Sergei Lavrov", "Person"),
    ("Vladimir Vladimirovich Putin", "Vladimir Putin", "Person"),
    ("Muhammad Javad Zarif", "Mohammad Javad Zarif", "Person"),
    ("President Ebrahim Raisi", "Ebrahim Raisi", "Person"),
    ("Владимир Путин", "Vladimir Putin", "Person"),
    ("Володимир Зеленський", "Volodymyr Zelensky", "Person"),
    ("Хасан Рухани", "Hassan Rouhani", "Person"),
    ("ابراهیم رئیسی", "Ebrahim Raisi", "Person"),
    ("محمد جواد ظریف", "Mohammad Javad Zarif", "Person"),
    ("حسین امیرعبداللهیان", "Hossein Amir-Abdollahian", "Person"),
    ("بشار الأسد", "Bashar al-Assad", "Person"),
    ("سيرغي لافروف", "Sergei Lavrov", "Person"),
    ("王光亚", "Wang Guangya", "Person"),
    ("김정은", "Kim Jong Un", "Person"),
    ("Совкомфлот", "Sovcomflot", "Organization"),
    ("Sovcomflot PJSC", "Sovcomflot", "Organization"),
    ("GAZPROM BURENIE, OOO", "Gazprom Burenie LLC", "Organization"),
    ("Al-Rasheed Trust", "AL RASHID TRUST", "Organization"),
    ("ADRIAN DARYA 1", "Adrian Darya-1", "Vessel"),
]

OTHER = [
    ("Sergei Ivanov", "Sergei Lavrov", "Person"),
    ("Ali Akbar Velayati", "Ali Akbar Salehi", "Person"),
    ("Putin", "Vladimir Putin", "Person"),
    ("V. Putin", "Vladimir Putin", "Person"),
    ("Сергей Иванов", "Sergei Lavrov", "Person"),
    ("محمد رضا", "Mohammad Javad Zarif", "Person"),
    ("Kim Yo Jong", "Kim Jong Un", "Person"),
    ("Central Bank of Iraq", "Central Bank of Iran", "Organization"),
    ("SMIC", "TSMC", "Organization"),
    ("Bank Sepah", "Sepah", "Organization"),
    ("Central bank", "UAE's central bank", "Organization"),
    ("IRGC", "Islamic Revolutionary Guard Corps", "Organization"),
    ("Niger", "Nigeria", "Country"),
    ("Iraq", "Iran", "Country"),
    ("Austria", "Australia", "Country"),
    ("South Korea", "North Korea", "Country"),
    ("Adrian Darya 2", "ADRIAN DARYA 1", "Vessel"),
    ("UN Resolution 2397", "UN Resolution 1718", "LegalInstrument"),
    ("", "Iran", "Country"),
    ("…", "Iran", "Country"),
]


@pytest.mark.parametrize(("asked", "known", "kind"), SAME)
def test_spellings_of_one_name_are_as_good_as_a_match(asked: str, known: str, kind: str) -> None:
    assert compare(asked, known, kind).score >= MATCH
    assert keys(asked) & keys(known)


@pytest.mark.parametrize(("asked", "known", "kind"), OTHER)
def test_names_of_others_are_not(asked: str, known: str, kind: str) -> None:
    assert compare(asked, known, kind).score < MATCH


def test_features_say_why() -> None:
    exact = compare("iran ", "Iran", "Country")
    assert exact.exact
    assert exact.score == 100
    short = compare("IRGC", "Islamic Revolutionary Guard Corps", "Organization")
    assert short.initials
    assert 60 < short.score < MATCH
    turned = compare("Lavrov, Sergei", "Sergei Lavrov", "Person")
    assert turned.folded
    assert not turned.exact


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Élysée", "elysee"),
        ("I.R.G.C.", "irgc"),
        ("Iran's Guards", "iran guards"),
        ("习近平", "xi jin ping"),
        ("«Газпром»", "gazprom"),
        ("محمود احمدی‌نژاد", "mhmwd hmdynzhd"),
        ("🙂", ""),
    ],
)
def test_any_script_becomes_ascii_words(name: str, words: str) -> None:
    assert latin(name) == words


def test_countries_have_names_in_other_languages() -> None:
    for name in ("ایران", "إيران", "ИРАН", "伊朗", "이란", "irã"):
        assert called(name) == ("ir",)
    assert called("Rossiya") == ("ru",)
    assert called("Zyzzyva") == ()


def test_transliterations_of_one_name_sound_the_same() -> None:
    assert sound("lavrov") == sound("lawrow")
    assert sound("khamenei") == sound("hamenei")
    assert sound("abdollahian") == sound("abdollakhiyan")
    assert sound("zhukov") == sound("jukov")
    assert sound("1718") == "1718"


def test_legal_forms_do_not_count_but_where_there_is_nothing_else() -> None:
    assert spelling("OOO Ladoga Management").words == ("ladoga", "management")
    assert spelling("Limited").words == ("limited",)
