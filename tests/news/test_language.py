import pytest

from kgapi.errors import UnreadableArticle
from kgapi.news import read


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "de",
            "Die EU hat am Montag neue Sanktionen gegen Russland verhängt, wie der Rat mitteilte.",
        ),
        (
            "de",
            "DIE EU HAT AM MONTAG NEUE SANKTIONEN GEGEN RUSSLAND VERHÄNGT, WIE DER RAT MITTEILTE.",
        ),
        ("fr", "Les États-Unis ont imposé mardi des sanctions contre trois banques iraniennes."),
        ("ru", "Россия и Иран подписали декларацию о противодействии санкциям."),
        (
            "pcm",
            "Di president don sign new law wey go ban oil from Russia. E say di goment no go allow"
            " any company to do business with dem again.",
        ),
        ("fa", "ایران و روسیه بیانیه امضا کردند"),
        ("zh", "欧盟周一宣布对俄罗斯实施新的制裁措施"),
    ],
)
def test_other_languages_are_refused_by_name(language: str, text: str) -> None:
    with pytest.raises(UnreadableArticle, match=f"“{language}”") as refusal:
        read(text.encode(), "text/plain")

    assert refusal.value.extra["language"] == language


@pytest.mark.parametrize(
    "text",
    [
        "Iran",
        "La UE sanctions Iran",
        "\n".join(f"José Hernández Gutiérrez {chr(65 + i % 26)}." for i in range(5000)),
        "Bank Rossiya, Sberbank, VTB, Promsvyazbank, Otkritie, Novikombank, Sovcombank, Alfa",
        "President Ebrahim Raisi will visit Moscow on Thursday, 7 December 2023, for talks with"
        " Russian President Vladimir Putin, Kremlin spokesman Dmitry Peskov said.",
        "Nine tankers linked to Sovcomflot and Gatik Ship Management were designated.",
        "The minister refused the sanctions. He said: «Россия ответит», and left the hall in anger.",
    ],
)
def test_english_short_texts_and_names_pass(text: str) -> None:
    assert read(text.encode(), "text/plain").language == "en"


@pytest.mark.parametrize("declared", ["en", "EN-gb", "en_US"])
def test_declared_english(declared: str) -> None:
    read(f"---\nlanguage: {declared}\n---\nIran was listed.".encode(), "text/markdown")


def test_another_declared_language_is_refused() -> None:
    with pytest.raises(UnreadableArticle, match="declared to be in “fr-CA”"):
        read(b"---\nlanguage: fr-CA\n---\nIran was listed.", "text/markdown")
