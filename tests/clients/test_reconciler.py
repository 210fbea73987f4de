"""The package ``reconciler``, with a column of names in scripts that the graph does not have."""

import pandas as pd
import pytest
from reconciler import reconcile

from tests.conftest import Server

# The package, of 2021, changes frames in place, which pandas 3.1 means to stop.
pytestmark = [
    pytest.mark.clients,
    pytest.mark.filterwarnings("ignore:The inplace keyword"),
]

NAMES = {
    # Cyrillic: Russian and Ukrainian
    "Владимир Путин": "person/vladimir-putin",
    "Сергей Лавров": "person/sergei-lavrov",
    "Василий Небензя": "person/vassily-nebenzia",
    "Дмитрий Песков": "person/dmitry-peskov",
    "Олег Дерипаска": "person/oleg-deripaska",
    "Володимир Зеленський": "person/volodymyr-zelensky",
    "Хасан Рухани": "person/hassan-rouhani",
    "Совкомфлот": "organization/sovcomflot",
    "Русал": "organization/rusal",
    "Рособоронэкспорт": "organization/rosoboronexport",
    # Arabic
    "بشار الأسد": "person/bashar-al-assad",
    "أحمد الشرع": "person/ahmed-al-sharaa",
    "محمد بن سلمان": "person/mohammed-bin-salman",
    "سيرغي لافروف": "person/sergei-lavrov",
    # Persian
    "ابراهیم رئیسی": "person/ebrahim-raisi",
    "محمد جواد ظریف": "person/mohammad-javad-zarif",
    "مسعود پزشکیان": "person/masoud-pezeshkian",
    "عباس عراقچی": "person/abbas-araghchi",
    "حسین امیرعبداللهیان": "person/hossein-amir-abdollahian",
    "ایران": "country/ir",
    # Chinese and Korean
    "王光亚": "person/wang-guangya",
    "俄罗斯": "country/ru",
    "朝鲜": "country/kp",
    "김정은": "person/kim-jong-un",
}


@pytest.fixture
def column() -> "pd.Series[str]":
    return pd.Series(list(NAMES), dtype=object)


def test_a_column_of_transliterated_names(live: Server, column: "pd.Series[str]") -> None:
    found = reconcile(column, reconciliation_endpoint=f"{live.address}reconcile")
    told = dict(zip(found["input_value"], found["id"], strict=True))
    assert told == NAMES
    assert found["match"].all(), found[~found["match"]]


def test_a_class_and_a_property(live: Server) -> None:
    banks = pd.Series(["Central bank", "Bank Saderat"], dtype=object)
    countries = pd.Series(["Iran", "Iran"], dtype=object)
    found = reconcile(
        banks,
        type_id="Organization",
        property_mapping={"country": countries},
        reconciliation_endpoint=f"{live.address}reconcile",
    )
    assert list(found["id"]) == ["organization/central-bank-of-iran", "organization/bank-saderat"]
    assert set(found["type_id"]) == {"Organization"}
